import { expect } from "chai";
import fc from "fast-check";
import { sizeOf } from "../../src/tensor/tensor.js";
import { lowerOnnx } from "../../src/import/onnx/lowerOnnx.js";
import { onnxRules } from "../../src/import/onnx/rules/index.js";
import { modelProto } from "../../src/import/onnx/proto.js";
import { newerCases, operatorCases, type Case, type Draw } from "../import/onnx/operatorCases.js";
import { operatorModel } from "../import/onnx/operatorModel.js";
import type { ModelSource } from "../import/onnx/writer.js";
import { numbers, toIntegers } from "./toIntegers.js";

/** Operators whose results jump: a few of them may fall on the other side. */
const jumping = new Set(
  (
    "Sign Floor Ceil Round Mod ArgMax ArgMin TopK Equal Less LessOrEqual Greater " +
    "QuantizeLinear QLinearMatMul QLinearConv MatMulInteger ConvInteger " +
    "GreaterOrEqual And Or Xor Not Where Hardmax ThresholdedRelu Shrink"
  ).split(" "),
);

const cases = { ...operatorCases, ...newerCases };

/** The same shapes and attributes at every run. */
function drawn(generate: (draw: Draw) => Case, numRuns: number): Case[] {
  return fc.sample(
    fc.gen().map((gen) => generate((arbitrary) => gen(() => arbitrary))),
    { numRuns, seed: 7 },
  );
}

/** All inputs but the first, as weights. */
function weightsOf({ inputs, range }: Case): ModelSource["floats"] {
  const [, ...rest] = Object.entries(inputs);
  return Object.fromEntries(
    rest.map(([name, shape], i) => [
      name,
      { shape, data: [...numbers(sizeOf(shape), 50 + i, range ?? [-1, 1])] },
    ]),
  );
}

describe("ONNX operators as integers", function () {
  it("are all of the table's, except for those that only make constants or choose branches", () => {
    const constant =
      "Constant ConstantOfShape Range Shape Size EyeLike NonZero Cast CastLike OneHot Dropout Upsample " +
      "HannWindow HammingWindow BlackmanWindow MelWeightMatrix".split(" ");
    const missing = [...onnxRules.keys()].filter((op) => cases[op] === undefined);
    expect(missing.filter((op) => !constant.includes(op))).to.deep.equal([]);
  });

  for (const [op, generate] of Object.entries(cases)) {
    const share = jumping.has(op) ? 95 : 99;
    it(`${op}: ${share} % of its elements are the float meaning's, within 3 % of its range`, () => {
      for (const source of drawn(generate, 4)) {
        const names = Object.keys(source.inputs);
        // What is called y may as well be computed.
        for (const weights of names[1] === "y" ? [weightsOf(source), {}] : [weightsOf(source)]) {
          const model = modelProto(operatorModel(op, source, weights));
          const lowering = lowerOnnx(model, new Map(), "model.onnx");
          const { off } = toIntegers(lowering, source.range);
          expect(off, JSON.stringify(source)).to.be.at.most(1 - share / 100);
        }
      }
    });
  }
});
