import { tensor } from "../../../src/tensor/tensor.js";
import type { Tensor } from "../../../src/tensor/types.js";
import type { Pt2File } from "../../../src/import/pt2/archive.js";
import { lowerPt2 } from "../../../src/import/pt2/lowerPt2.js";
import { parseExportedProgram } from "../../../src/import/pt2/program.js";
import { simplify } from "../../../src/graph/passes/index.js";
import { interpret } from "../../../src/graph/interpret.js";

/** "%x" is the tensor x; other texts are texts; `float` forces a whole number to be one. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly float: number };

/** An operator without "aten.", its arguments, and the names of its results. */
export type Node = readonly [
  operator: string,
  arguments: Readonly<Record<string, Value>>,
  results?: readonly string[],
];

export type Tensors = Readonly<Record<string, Tensor>>;

export const float = (shape: readonly number[], ...data: number[]): Tensor => tensor("float", shape, data);
export const int = (shape: readonly number[], ...data: number[]): Tensor => tensor("int", shape, data);
export const bool = (shape: readonly number[], ...data: number[]): Tensor => tensor("bool", shape, data);

/** A torch.export program of these nodes; its output is "y". `open` is an axis of the inputs that is dynamic. */
export function programOf(
  nodes: readonly Node[],
  inputs: Tensors,
  constants: Tensors = {},
  open?: number,
): Pt2File {
  return {
    layout: "test",
    program: parseExportedProgram(programJson(nodes, inputs, constants, { open }), "model.pt2"),
    tensors: new Map(Object.entries(constants).map(([name, value]) => [name, () => value])),
  };
}

interface ProgramOptions {
  readonly open?: number;
  readonly outputs?: readonly string[];
  /** What a file says of where a node came from. */
  readonly stackTrace?: string;
}

/** The JSON of a torch.export program. */
export function programJson(
  nodes: readonly Node[],
  inputs: Tensors,
  constants: Tensors,
  { open, outputs = ["y"], stackTrace = "secret" }: ProgramOptions = {},
): unknown {
  const meta = ({ dtype, shape }: Tensor, isInput: boolean) => {
    const strides = shape.map((_, axis) =>
      shape.slice(axis + 1).reduce((product, size) => product * size, 1),
    );
    return {
      dtype: { float: 7, int: 5, bool: 12 }[dtype],
      sizes: shape.map((size, axis) =>
        isInput && axis === open ? { as_expr: { expr_str: "s0", hint: { as_int: size } } } : { as_int: size },
      ),
      strides: strides.map((stride) => ({ as_int: stride })),
      storage_offset: { as_int: 0 },
    };
  };
  return {
    graph_module: {
      graph: {
        nodes: nodes.map(([operator, args, results = ["y"]]) => ({
          target:
            operator.includes("torch.") || operator.startsWith("_operator")
              ? operator
              : `torch.ops.aten.${operator}`,
          inputs: Object.entries(args).map(([name, value]) => ({ name, arg: argument(value) })),
          outputs: results.map((name) =>
            name.startsWith("#") ? { as_sym_int: { as_name: name.slice(1) } } : { as_tensor: { name } },
          ),
          metadata: {
            nn_module_stack: "L__self__,,Net;L__self___block,block,Block",
            stack_trace: stackTrace,
          },
        })),
        tensor_values: Object.fromEntries([
          ...Object.entries(inputs).map(([name, value]) => [name, meta(value, true)]),
          ...Object.entries(constants).map(([name, value]) => [name, meta(value, false)]),
        ]),
      },
      signature: {
        input_specs: [
          ...Object.keys(constants).map((name) => ({ buffer: { arg: { name }, buffer_name: name } })),
          ...Object.keys(inputs).map((name) => ({ user_input: { arg: { as_tensor: { name } } } })),
        ],
        output_specs: outputs.map((name) => ({ user_output: { arg: { as_tensor: { name } } } })),
      },
    },
    schema_version: { major: 8, minor: 2 },
  };
}

function argument(value: Value): Record<string, unknown> {
  if (value === null) return { as_none: true };
  if (typeof value === "boolean") return { as_bool: value };
  if (typeof value === "number") return Number.isInteger(value) ? { as_int: value } : { as_float: value };
  if (typeof value === "string") {
    if (value.startsWith("#")) return { as_sym_int: { as_name: value.slice(1) } };
    return value.startsWith("%") ? { as_tensor: { name: value.slice(1) } } : { as_string: value };
  }
  if (!Array.isArray(value)) return { as_float: (value as { float: number }).float };
  const list = value as readonly Value[];
  if (list.some((entry) => typeof entry === "string" && entry.startsWith("%"))) {
    if (list.every((entry) => entry !== null))
      return { as_tensors: list.map((entry) => argument(entry).as_tensor) };
    return { as_optional_tensors: list.map(argument) };
  }
  if (list.some((entry) => typeof entry === "string"))
    return { as_sym_ints: list.map((e) => argument(e).as_sym_int ?? argument(e)) };
  return list.every((entry) => Number.isInteger(entry)) ? { as_ints: list } : { as_floats: list };
}

/** Lowers, simplifies and runs the program. */
export function run(nodes: readonly Node[], inputs: Tensors, constants: Tensors = {}): Tensor {
  const { graph, unsupported } = lowerPt2(programOf(nodes, inputs, constants), "model.pt2");
  if (graph === undefined)
    throw new Error(unsupported.map(({ operator, reason }) => `${operator}: ${reason}`).join("; "));
  return interpret(simplify(graph), inputs).get("output")!;
}
