import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";
import { simplify } from "../../../src/graph/passes/index.js";
import { tensor } from "../../../src/tensor/tensor.js";
import type { Graph, ValueId } from "../../../src/graph/types.js";
import type { Tensor } from "../../../src/tensor/types.js";
import { DamagedError } from "../../../src/import/exportRecipe.js";
import { lowerOnnx } from "../../../src/import/onnx/lowerOnnx.js";
import {
  modelProto,
  tensorProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "../../../src/import/onnx/proto.js";
import { decodeTensor } from "../../../src/import/onnx/tensors.js";
import { OperatorError } from "../../../src/errors/operatorError.js";

// ONNX's own tests of single nodes, each a model with an input and the right output.

/** Where Debian's libonnx-testdata puts them, unless told otherwise. */
const folder = process.env.ONNX_NODE_TESTS ?? "/usr/share/libonnx-testdata/data/node";

/** Files of which the numbers of bfloat16 are stored as their bits, of another type. */
const misstored = ["test_cast_BFLOAT16_to_FLOAT", "test_cast_FLOAT_to_BFLOAT16"];

/** A test as a graph, with its input and what that gives by the test's own data. */
export interface NodeTest {
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<ValueId, Tensor>;
  readonly outputs: ReadonlyMap<ValueId, Tensor>;
  /** Whether all that the test computes is constant, so that the graph's inputs are zeros that are added. */
  readonly constant: boolean;
}

/** The names of all tests, or undefined where they are not installed. */
export function nodeTestNames(): string[] | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((test) => existsSync(path.join(folder, test, "model.onnx")) && !misstored.includes(test))
    .sort();
}

/** Undefined where the operator is refused. @throws DamagedError as the import does */
export function readNodeTest(test: string): NodeTest | undefined {
  const source = modelProto(readFileSync(path.join(folder, test, "model.onnx")));
  try {
    const found = lowered(source, test);
    if (found === undefined) return undefined;
    const graph = simplify(found.graph);
    const names = found.model.graph!.input.map(({ name }) => name);
    const inputs = new Map(
      graph.inputs.map((input) => {
        const given = tensorAt(test, "input", names.indexOf(input.id));
        return [input.id, given ?? tensor(input.dtype, input.shape)] as const;
      }),
    );
    const outputs = new Map(
      found.model.graph!.output.map(({ name }, i) => [name, tensorAt(test, "output", i)!] as const),
    );
    return { graph, inputs, outputs, constant: found.constant };
  } catch (error) {
    if (error instanceof DamagedError || !isRefusal(error)) throw error;
    return undefined;
  }
}

export function isRefusal(error: unknown): boolean {
  return error instanceof OperatorError || error instanceof Torch2CircomError;
}

/** A file's data set: tensors by the numbers of inputs or outputs; none for sequences and optional values. */
function protoAt(test: string, kind: "input" | "output", index: number): TensorProto | undefined {
  const file = path.join(folder, test, "test_data_set_0", `${kind}_${index}.pb`);
  return existsSync(file) ? tensorProto(readFileSync(file)) : undefined;
}

function tensorAt(test: string, kind: "input" | "output", index: number): Tensor | undefined {
  const proto = protoAt(test, kind, index);
  return proto && decodeTensor(proto, new Map());
}

/** The same model with its inputs from the `first` on as constants of its own. */
function withConstants(model: ModelProto, test: string, first: number): ModelProto {
  const graph = model.graph!;
  const constants = graph.input.slice(first).flatMap(({ name, elementType }, i) => {
    // Sequences and optional values are not tensors.
    const value = elementType === 0 ? undefined : protoAt(test, "input", i + first);
    return value === undefined ? [] : [{ ...value, name }];
  });
  return { ...model, graph: { ...graph, initializer: [...graph.initializer, ...constants] } };
}

/** What makes constants out of constants is not a model: each result takes an input of zeros, which it is added to. */
function onlyConstants(model: ModelProto, test: string): ModelProto {
  if (model.graph!.input.some(({ elementType }) => elementType === 0)) return model;
  const constant = withConstants(model, test, 0);
  const { node, output, input } = constant.graph!;
  const zeros = output.map((_, i): ValueInfoProto => {
    const { dataType, dims } = protoAt(test, "output", i)!;
    return { name: `zero ${i}`, elementType: dataType, shape: dims.map((value) => ({ value, param: "" })) };
  });
  const sums = output.map(({ name }, i): NodeProto => {
    const proto = { opType: "Add", domain: "", name: "", overload: "", attribute: [], metadata: [] };
    return { ...proto, input: [name, `zero ${i}`], output: [`sum ${i}`] };
  });
  const results = output.map((value, i) => ({ ...value, name: `sum ${i}` }));
  const graph = {
    ...constant.graph!,
    input: [...input, ...zeros],
    node: [...node, ...sums],
    output: results,
  };
  return { ...constant, graph };
}

/** As it is, or with inputs that an operator wants constant, such as axes, as constants. */
function lowered(
  model: ModelProto,
  test: string,
): { graph: Graph; model: ModelProto; constant: boolean } | undefined {
  for (const form of [() => model, () => withConstants(model, test, 1), () => onlyConstants(model, test)]) {
    try {
      const tried = form();
      const { graph } = lowerOnnx(tried, new Map(), "model.onnx");
      if (graph !== undefined)
        return { graph, model: tried, constant: tried.graph!.output[0].name === "sum 0" };
    } catch (error) {
      if (error instanceof DamagedError || !isRefusal(error)) throw error;
    }
  }
  return undefined;
}
