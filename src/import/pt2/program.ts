import { z } from "zod";
import { damaged } from "../exportRecipe.js";
import { OperatorError } from "../../errors/operatorError.js";
import type { ElementType } from "../elements.js";

/**
 * The part of torch.export's serialized program (torch/_export/serde/schema.py, major version 8) that is needed.
 * Everything else is dropped here, above all stack traces and source paths.
 */

const name = z.object({ name: z.string() });

/** One of {"as_tensor": …}, {"as_int": …} and so on; which one an operator takes is checked where it is taken. */
const argument = z.record(z.unknown());

const size = z.union([
  z.object({ as_int: z.number() }).transform(({ as_int }) => as_int),
  z
    .object({
      as_expr: z.object({
        expr_str: z.string(),
        hint: z.object({ as_int: z.number().int().positive() }).nullish().catch(undefined),
      }),
    })
    .transform(({ as_expr: { expr_str: name, hint } }) => ({ name, example: hint?.as_int })),
]);

const tensorMeta = z.object({
  dtype: z.number(),
  sizes: z.array(size),
  strides: z.array(size),
  storage_offset: size,
});

const node = z.object({
  target: z.string(),
  inputs: z.array(z.object({ name: z.string(), arg: argument })),
  outputs: z.array(argument),
  metadata: z.object({ nn_module_stack: z.string().optional() }).catch({}),
});

const inputSpec = z.union([
  z.object({ parameter: z.object({ arg: name, parameter_name: z.string() }) }),
  z.object({ buffer: z.object({ arg: name, buffer_name: z.string() }) }),
  z.object({ tensor_constant: z.object({ arg: name, tensor_constant_name: z.string() }) }),
  z.object({ user_input: z.object({ arg: argument }) }),
  z.record(z.unknown()).transform((other) => ({ other: Object.keys(other).join(", ") })),
]);

const outputSpec = z.union([
  z.object({ user_output: z.object({ arg: argument }) }),
  z.record(z.unknown()).transform((other) => ({ other: Object.keys(other).join(", ") })),
]);

const schema = z.object({
  graph_module: z.object({
    graph: z.object({ nodes: z.array(node), tensor_values: z.record(tensorMeta) }),
    signature: z.object({ input_specs: z.array(inputSpec), output_specs: z.array(outputSpec) }),
    module_call_graph: z
      .array(z.object({ fqn: z.string(), signature: z.object({ out_spec: z.string() }).nullish() }))
      .catch([]),
  }),
  schema_version: z.object({ major: z.number(), minor: z.number() }),
  torch_version: z.string().catch("unknown version"),
});

export type ExportedProgram = z.infer<typeof schema>;
export type ProgramNode = z.infer<typeof node>;
export type ExportedArgument = z.infer<typeof argument>;
export type TensorMeta = z.infer<typeof tensorMeta>;

export function parseExportedProgram(json: unknown, file: string): ExportedProgram {
  const result = schema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw damaged(file, `its program lacks a valid "${issue.path.join(".")}" (${issue.message})`);
  }
  const { major, minor } = result.data.schema_version;
  if (major !== 8)
    throw damaged(file, `its schema is version ${major}.${minor}; only major version 8 is known`);
  return result.data;
}

/**
 * The module path of a node: the last entry of "key,path,class;key,path,class". Paths come as "layer1.0.conv", and
 * from older exporters as "L['self'].layer1[0].conv" or "getattr(L['self'], 'fc')".
 */
export function modulePath({ metadata }: ProgramNode): string {
  const entry = metadata.nn_module_stack?.split(";").at(-1) ?? "";
  const path = entry.slice(entry.indexOf(",") + 1, entry.lastIndexOf(","));
  return path
    .replace(/^(?:getattr\()*L\['[^']*'\]|^L__self__$/, "")
    .replace(/(?:, '([^']*)'\))/g, ".$1")
    .replace(/\['?([^'\]]*)'?\]/g, ".$1")
    .replace(/^\./, "");
}

/** torch.export's ScalarType. */
const scalarTypes = new Map<number, ElementType>([
  [1, "uint8"],
  [2, "int8"],
  [3, "int16"],
  [4, "int32"],
  [5, "int64"],
  [6, "float16"],
  [7, "float32"],
  [8, "float64"],
  [12, "bool"],
  [13, "bfloat16"],
  [28, "uint16"],
]);

export function elementType(scalarType: number): ElementType {
  const type = scalarTypes.get(scalarType);
  if (type === undefined)
    throw new OperatorError(
      `there is no support for tensors of torch's scalar type ${scalarType}; use float32`,
    );
  return type;
}
