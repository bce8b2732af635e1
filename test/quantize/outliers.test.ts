import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { Graph } from "../../src/graph/types.js";
import { integerModel } from "../helpers/integers.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

const FEATURES = 16;
const COUNT = 40;
const OUTLIER = 7;

/** A sum that is small for signs that differ, and 16 for the one sample of which all are alike. */
function model(): Graph {
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape: [1, FEATURES] });
  b.module = "sum";
  const ones = b.constant(tensor("float", [1, FEATURES], new Array<number>(FEATURES).fill(1)));
  const sum = b.apply("linear", [x, ones]);
  b.module = "curve";
  const curve = b.apply("softplus", [sum], { beta: 1, threshold: 20 });
  b.module = "head";
  return b.finish([
    { name: "y", id: b.apply("linear", [curve, b.constant(tensor("float", [1, 1], [0.5]))]) },
  ]);
}

function samples(): Record<string, ReturnType<typeof randomTensor>[]> {
  const next = randomNumbers(4);
  return {
    x: Array.from({ length: COUNT }, (_, i) => {
      const signs = randomTensor([1, FEATURES], next);
      return i === OUTLIER
        ? { ...signs, data: signs.data.map(() => 1) }
        : { ...signs, data: signs.data.map((v) => v / 4) };
    }),
  };
}

describe("samples that reach further than all others", () => {
  const bits = { inputBits: 8, weightBits: 8, activationBits: 4 };
  const usual = Array.from({ length: COUNT }, (_, i) => i).filter((i) => i !== OUTLIER);

  it("are named, with the layer, where an output loses its values", () => {
    const { notices } = integerModel(model(), { samples: samples(), bits });
    expect(notices.join("\n")).to.match(
      /sample 7 reaches [\d.]+ times as far as any other at \S*sum.*--percentile/,
    );
  });

  it("can be left out of the ranges, for the good of all others", () => {
    const errorOf = (percentile?: number) =>
      integerModel(model(), { samples: samples(), bits: { ...bits, percentile } }).measureOn(usual)
        .maxAbsIntegerError;
    expect(errorOf(97)).to.be.lessThan(errorOf() / 3);
    expect(errorOf(100)).to.equal(errorOf());
  });
});
