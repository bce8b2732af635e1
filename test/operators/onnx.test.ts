import { expect } from "chai";
import fc from "fast-check";
import { sizeOf } from "../../src/graph/tensor.js";
import { lowerOnnx } from "../../src/import/onnx/lowerOnnx.js";
import { modelProto } from "../../src/import/onnx/proto.js";
import { operatorCases, type Case, type Draw } from "../import/onnx/operatorCases.js";
import { writeModel } from "../import/onnx/writer.js";
import { numbers, toIntegers } from "./toIntegers.js";

/** Operators whose results jump: a few of them may fall on the other side. */
const jumping = new Set(
  "Sign Floor Ceil Round Mod ArgMax ArgMin TopK Equal Less LessOrEqual Greater GreaterOrEqual".split(" "),
);

/** The same shapes and attributes at every run. */
function drawn(generate: (draw: Draw) => Case, numRuns: number): Case[] {
  return fc.sample(
    fc.gen().map((gen) => generate((arbitrary) => gen(() => arbitrary))),
    { numRuns, seed: 7 },
  );
}

/** The model of one operator; all but its first input are weights, unless they are to be computed too. */
function modelOf(
  op: string,
  { inputs, attributes, operands, results = 1, ...rest }: Case,
  computed: boolean,
) {
  const names = Object.keys(inputs);
  const isInput = (name: string) => computed || name === names[0];
  const pick = (chosen: boolean) => Object.entries(inputs).filter(([name]) => isInput(name) === chosen);
  const weights = pick(false).map(([name, shape], i) => [
    name,
    { shape, data: [...numbers(sizeOf(shape), 50 + i, rest.range ?? [-1, 1])] },
  ]);
  const raw = Array.from({ length: results }, (_, i) => `raw${i}`);
  return writeModel({
    inputs: Object.fromEntries(pick(true)),
    floats: { ...rest.floats, ...Object.fromEntries(weights) },
    ints: rest.ints,
    outputs: raw.map((_, i) => `y${i}`),
    nodes: [
      [op, operands ?? names, raw, attributes],
      ...raw.map((name, i) => ["Cast", [name], [`y${i}`], { to: 1 }] as const),
    ],
  });
}

describe("ONNX operators as integers", function () {
  this.timeout(60_000);

  for (const [op, generate] of Object.entries(operatorCases)) {
    const share = jumping.has(op) ? 95 : 99;
    it(`${op}: ${share} % of its elements are the float meaning's, within 3 % of its range`, () => {
      for (const source of drawn(generate, 4)) {
        const names = Object.keys(source.inputs);
        for (const computed of names.length === 2 && names[1] === "y" ? [false, true] : [false]) {
          const lowering = lowerOnnx(modelProto(modelOf(op, source, computed)), new Map(), "model.onnx");
          const { off } = toIntegers(lowering, source.range);
          expect(off, JSON.stringify(source)).to.be.at.most(1 - share / 100);
        }
      }
    });
  }
});
