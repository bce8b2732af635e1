import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { Torch2CircomError } from "../../../src/errors.js";
import { interpret } from "../../../src/graph/interpret.js";
import { simplify } from "../../../src/graph/passes/index.js";
import { tensor } from "../../../src/graph/tensor.js";
import type { Graph, Tensor } from "../../../src/graph/types.js";
import { OperatorError } from "../../../src/operators/operator.js";
import { DamagedError } from "../../../src/import/exportRecipe.js";
import { lowerOnnx } from "../../../src/import/onnx/lowerOnnx.js";
import { modelProto, tensorProto } from "../../../src/import/onnx/proto.js";
import type { ModelProto, NodeProto, TensorProto, ValueInfoProto } from "../../../src/import/onnx/proto.js";
import { decodeTensor } from "../../../src/import/onnx/tensors.js";

/** Where Debian's libonnx-testdata puts ONNX's own tests of single nodes, unless told otherwise. */
const folder = process.env.ONNX_NODE_TESTS ?? "/usr/share/libonnx-testdata/data/node";

/** Files of which the numbers of bfloat16 are stored as their bits, of another type. */
const misstored = ["test_cast_BFLOAT16_to_FLOAT", "test_cast_FLOAT_to_BFLOAT16"];

type Outcome = "passed" | "refused" | "damaged" | "wrong";

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
    // Sequences and optional values are no tensors.
    const value = elementType === 0 ? undefined : protoAt(test, "input", i + first);
    return value === undefined ? [] : [{ ...value, name }];
  });
  return { ...model, graph: { ...graph, initializer: [...graph.initializer, ...constants] } };
}

/** What makes constants out of constants is no model: each result takes an input of zeros, which it is added to. */
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
function lowered(model: ModelProto, test: string): { graph: Graph; model: ModelProto } | undefined {
  for (const form of [() => model, () => withConstants(model, test, 1), () => onlyConstants(model, test)]) {
    try {
      const tried = form();
      const { graph } = lowerOnnx(tried, new Map(), "model.onnx");
      if (graph !== undefined) return { graph, model: tried };
    } catch (error) {
      if (error instanceof DamagedError || !isRefusal(error)) throw error;
    }
  }
  return undefined;
}

function isRefusal(error: unknown): boolean {
  return error instanceof OperatorError || error instanceof Torch2CircomError;
}

function outcomeOf(test: string): Outcome {
  const source = modelProto(readFileSync(path.join(folder, test, "model.onnx")));
  try {
    const found = lowered(source, test);
    if (found === undefined) return "refused";
    const { model } = found;
    const simple = simplify(found.graph);
    const names = model.graph!.input.map(({ name }) => name);
    const inputs = new Map(
      simple.inputs.map((input) => {
        const given = tensorAt(test, "input", names.indexOf(input.id));
        return [input.id, given ?? tensor(input.dtype, input.shape)] as const;
      }),
    );
    const outputs = interpret(simple, inputs);
    const right = model.graph!.output.every(({ name }, i) =>
      isNear(outputs.get(name)!, tensorAt(test, "output", i)!),
    );
    return right ? "passed" : "wrong";
  } catch (error) {
    if (error instanceof DamagedError) return "damaged";
    if (isRefusal(error)) return "refused";
    throw error;
  }
}

function isNear(actual: Tensor, expected: Tensor): boolean {
  return (
    actual.shape.join() === expected.shape.join() &&
    expected.data.every((value, i) => {
      const own = actual.data[i]!;
      return (
        Object.is(value, own) || Math.abs(value - own) <= 1e-3 * Math.max(1, Math.abs(value)) || value === own
      );
    })
  );
}

describe("ONNX's own tests of nodes", function () {
  this.timeout(600_000);

  it("pass or are refused with a reason, and none is wrong or said to be damaged", function () {
    if (!existsSync(folder)) {
      console.log("        skipped: install libonnx-testdata, or name its folder in ONNX_NODE_TESTS");
      this.skip();
    }
    const tests = readdirSync(folder)
      .filter((test) => existsSync(path.join(folder, test, "model.onnx")) && !misstored.includes(test))
      .sort();
    const outcomes = tests.map((test) => [outcomeOf(test), test] as const);
    const of = (wanted: Outcome): string[] => outcomes.flatMap(([is, test]) => (is === wanted ? [test] : []));
    console.log(
      `        ${of("passed").length} of ${tests.length} pass, ${of("refused").length} are refused`,
    );
    expect(of("wrong")).to.deep.equal([]);
    expect(of("damaged")).to.deep.equal([]);
    expect(of("passed").length).to.be.at.least(730);
  });
});
