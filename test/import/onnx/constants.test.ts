import { expect } from "chai";
import { interpret } from "../../../src/graph/interpret.js";
import { tensor } from "../../../src/tensor/tensor.js";
import { lowerOnnx } from "../../../src/import/onnx/lowerOnnx.js";
import { modelProto } from "../../../src/import/onnx/proto.js";
import { expectNear } from "../../helpers/near.js";
import { writeModel, type ModelSource } from "./writer.js";

/** A constant that an operator makes, added to an input of zeros. */
function made(op: string, operands: readonly string[], rest: ModelSource): readonly number[] {
  const source = {
    ...rest,
    inputs: { x: [1] },
    outputs: ["y"],
    nodes: [
      [op, operands, ["made"]],
      ["Add", ["made", "x"], ["y"]],
    ],
  } as const;
  const { graph, unsupported } = lowerOnnx(modelProto(writeModel(source)), new Map(), "model.onnx");
  expect(unsupported).to.deep.equal([]);
  return [...interpret(graph!, new Map([["x", tensor("float", [1])]])).get("y")!.data];
}

function expectAllNear(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).to.have.length(expected.length);
  actual.forEach((value, i) => expectNear(value, expected[i], 1e-6, `element ${i}`));
}

describe("ONNX operators that make constants", () => {
  it("make windows", () => {
    const size = { ints: { n: [4] } };
    expectAllNear(made("HannWindow", ["n"], size), [0, 0.5, 1, 0.5]);
    expectAllNear(made("HammingWindow", ["n"], size), [4 / 46, 25 / 46, 1, 25 / 46]);
    expectAllNear(made("BlackmanWindow", ["n"], size), [0, 0.34, 1, 0.34]);
  });

  it("make triangles on the mel scale", () => {
    const floats = { low: { shape: [], data: [0] }, high: { shape: [], data: [4] } };
    const ints = { bins: [2], length: [8], rate: [8] };
    const weights = made("MelWeightMatrix", ["bins", "length", "rate", "low", "high"], { ints, floats });
    // 0, 1, 2 and 3 Hz lie almost evenly on the scale: each triangle covers one of five frequencies.
    expectAllNear(weights, [0, 0, 1, 0, 0, 1, 0, 0, 0, 0]);
  });
});
