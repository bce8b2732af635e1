import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { Torch2CircomError } from "../../../src/errors.js";
import { interpret } from "../../../src/graph/interpret.js";
import { simplify } from "../../../src/graph/passes/index.js";
import type { Tensor } from "../../../src/graph/types.js";
import { OperatorError } from "../../../src/operators/operator.js";
import { DamagedError } from "../../../src/import/exportRecipe.js";
import { lowerOnnx } from "../../../src/import/onnx/lowerOnnx.js";
import { modelProto, tensorProto, type ModelProto } from "../../../src/import/onnx/proto.js";
import { decodeTensor } from "../../../src/import/onnx/tensors.js";

/** Where Debian's libonnx-testdata puts ONNX's own tests of single nodes, unless told otherwise. */
const folder = process.env.ONNX_NODE_TESTS ?? "/usr/share/libonnx-testdata/data/node";

/** Files of which the numbers of bfloat16 are stored as their bits, of another type. */
const misstored = ["test_cast_BFLOAT16_to_FLOAT", "test_cast_FLOAT_to_BFLOAT16"];

type Outcome = "passed" | "refused" | "damaged" | "wrong";

/** A file's data set: tensors by the numbers of inputs or outputs; none for sequences and optional values. */
function tensorAt(test: string, kind: "input" | "output", index: number): Tensor | undefined {
  const file = path.join(folder, test, "test_data_set_0", `${kind}_${index}.pb`);
  return existsSync(file) ? decodeTensor(tensorProto(readFileSync(file)), new Map()) : undefined;
}

/** The same model with all inputs but the first as its own constants. */
function withConstants(model: ModelProto, test: string): ModelProto {
  const graph = model.graph!;
  const constants = graph.input.slice(1).flatMap(({ name }, i) => {
    const file = path.join(folder, test, "test_data_set_0", `input_${i + 1}.pb`);
    return existsSync(file) ? [{ ...tensorProto(readFileSync(file)), name }] : [];
  });
  return { ...model, graph: { ...graph, initializer: [...graph.initializer, ...constants] } };
}

function outcomeOf(test: string): Outcome {
  const model = modelProto(readFileSync(path.join(folder, test, "model.onnx")));
  try {
    const asIs = lowerOnnx(model, new Map(), "model.onnx");
    const { graph } =
      asIs.graph === undefined ? lowerOnnx(withConstants(model, test), new Map(), "model.onnx") : asIs;
    if (graph === undefined) return "refused";
    const simple = simplify(graph);
    const names = model.graph!.input.map(({ name }) => name);
    const inputs = new Map(
      simple.inputs.map(({ id }) => [id, tensorAt(test, "input", names.indexOf(id))!] as const),
    );
    const outputs = interpret(simple, inputs);
    const right = model.graph!.output.every(({ name }, i) =>
      isNear(outputs.get(name)!, tensorAt(test, "output", i)!),
    );
    return right ? "passed" : "wrong";
  } catch (error) {
    if (error instanceof DamagedError) return "damaged";
    if (error instanceof OperatorError || error instanceof Torch2CircomError) return "refused";
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
    expect(of("passed").length).to.be.at.least(640);
  });
});
