import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { ValueId } from "../../src/graph/types.js";
import { integerModel } from "../helpers/integers.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

type Step = (b: GraphBuilder, x: ValueId, next: () => number) => ValueId;

const window = (size: number, ceil: number) => ({
  kernel: [size, size],
  stride: [2, 2],
  dilation: [1, 1],
  padding: [0, 0, ceil, ceil],
});

/** Averages over what is inside: the last window of an odd length has fewer elements. */
const average: Step = (b, x) =>
  b.apply("avgPool", [x], { ...window(2, 1), countIncludePad: false, divisor: 0 });

const factors: Step = (b, x, next) => {
  const shape = b.shapeOf(x).slice(-2);
  const data = Array.from({ length: shape[0] * shape[1] }, () => 0.2 + 2 * next() ** 2);
  return b.apply("mul", [x, b.constant(tensor("float", shape, data))]);
};

const shuffle: Step = (b, x, next) => {
  const [, channels, height, width] = b.shapeOf(x) as [number, number, number, number];
  const weight = randomTensor([4, channels, 1, 1], next);
  // Each of the four channels that are shuffled into one has a size of its own.
  weight.data.forEach((w, i) => (weight.data[i] = w * [1, 0.3, 0.09, 2][Math.floor(i / channels)]));
  const parameters = { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 };
  const wide = b.apply("conv", [x, b.constant(weight)], parameters);
  const split = b.apply("reshape", [wide], { shape: [1, 1, 2, 2, height, width] });
  const moved = b.apply("transpose", [split], { perm: [0, 1, 4, 2, 5, 3] });
  return b.apply("reshape", [moved], { shape: [1, 1, 2 * height, 2 * width] });
};

const sources: Readonly<Record<string, Step>> = {
  "averages with fewer elements at the edge": average,
  "a factor per position": factors,
  "shuffled channels": shuffle,
};

const consumers: Readonly<Record<string, Step>> = {
  "a convolution": (b, x, next) => {
    const [, channels] = b.shapeOf(x);
    const weight = b.constant(randomTensor([2, channels, 3, 3], next));
    return b.apply("conv", [x, weight], {
      stride: [1, 1],
      dilation: [1, 1],
      padding: [1, 1, 1, 1],
      groups: 1,
    });
  },
  "averages again": average,
  "greatest of windows": (b, x) => b.apply("maxPool", [x], { ...window(2, 0) }),
  "a linear layer over rows": (b, x, next) =>
    b.apply("linear", [x, b.constant(randomTensor([3, b.shapeOf(x).at(-1)!], next))]),
  "a sum over rows": (b, x) => b.apply("sum", [x], { axes: [3], keepDims: false }),
  "the greatest of rows": (b, x) => b.apply("max", [x], { axes: [3], keepDims: false }),
};

describe("scales that vary within a channel", () => {
  for (const [source, make] of Object.entries(sources))
    for (const [consumer, use] of Object.entries(consumers))
      it(`${source}, then ${consumer}`, () => {
        const next = randomNumbers(3);
        const b = new GraphBuilder();
        const x = b.input("x", { dtype: "float", shape: [1, 2, 7, 7] });
        b.module = "source";
        const varied = make(b, x, next);
        b.module = "consumer";
        const { accuracy } = integerModel(b.finish([{ name: "y", id: use(b, varied, next) }]));
        expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.04);
        expect(accuracy.outputs[0].rmsError).to.be.lessThan(0.015);
      });
});

describe("values of several scales that are cut off at both ends", () => {
  for (const [min, max] of [
    [-1, 1],
    [0.1, 2],
    [-0.5, Infinity],
  ] as const) {
    it(`channels of a convolution, at ${min} and ${max}`, () => {
      const next = randomNumbers(3);
      const b = new GraphBuilder();
      const x = b.input("x", { dtype: "float", shape: [1, 1, 5, 5] });
      const parameters = { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 };
      const weight = randomTensor([4, 1, 3, 3], next);
      weight.data.forEach((w, i) => (weight.data[i] = w * [1, 0.1, 3, 0.4][Math.floor(i / 9)]));
      const wide = b.apply("conv", [x, b.constant(weight)], parameters);
      const cut = b.apply("clamp", [wide], { min, max });
      const y = b.apply("conv", [cut, b.constant(randomTensor([2, 4, 1, 1], next))], parameters);
      const { accuracy } = integerModel(b.finish([{ name: "y", id: y }]));
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.04);
    });

    it(`features of a table, at ${min} and ${max}`, () => {
      const next = randomNumbers(3);
      const b = new GraphBuilder();
      const x = b.input("x", { dtype: "float", shape: [1, 4] });
      const cut = b.apply("clamp", [x], { min, max });
      const y = b.apply("linear", [
        cut,
        b.constant(tensor("float", [2, 4], [0.3, 20, 1, -0.2, -0.1, 30, 2, 0.1])),
      ]);
      const samples = Array.from({ length: 24 }, () => {
        const sample = randomTensor([1, 4], next);
        return { ...sample, data: sample.data.map((v, i) => v * [3, 0.2, 1, 6][i]) };
      });
      const { accuracy } = integerModel(b.finish([{ name: "y", id: y }]), { samples: { x: samples } });
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
    });
  }
});

it("a clamp that is narrow beside its argument keeps its steps", () => {
  const next = randomNumbers(3);
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape: [1, 16] });
  const wide = b.apply("linear", [x, b.constant(randomTensor([6, 16], next))]);
  const cut = b.apply("clamp", [wide], { min: -0.1, max: 0.15 });
  const graph = b.finish([{ name: "y", id: cut }]);
  const { accuracy } = integerModel(graph, { bits: { inputBits: 14, weightBits: 12, activationBits: 8 } });
  expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.02);
});

describe("a number beside a flag, which has one step", () => {
  const flag = (b: GraphBuilder, x: ValueId): ValueId =>
    b.apply("cast", [b.apply("less", [b.scalar(0), x])], { to: "float" });
  const forms: Readonly<Record<string, (b: GraphBuilder, x: ValueId) => ValueId>> = {
    "in its place": (b, x) =>
      b.apply("where", [b.apply("less", [x, b.scalar(0.5)]), b.scalar(0.4), flag(b, x)]),
    "in its place otherwise": (b, x) =>
      b.apply("where", [b.apply("less", [x, b.scalar(0.5)]), flag(b, x), b.scalar(0.4)]),
    "added in a product": (b, x) => b.apply("mul", [b.apply("add", [flag(b, x), b.scalar(0.3)]), x]),
    "added to another flag's": (b, x) =>
      b.apply("mul", [
        b.apply("sub", [b.scalar(0.5), flag(b, x)]),
        b.apply("add", [flag(b, b.apply("sub", [x, b.scalar(0.2)])), b.scalar(0.25)]),
      ]),
  };
  for (const [name, make] of Object.entries(forms))
    it(name, () => {
      const b = new GraphBuilder();
      const graph = b.finish([{ name: "y", id: make(b, b.input("x", { dtype: "float", shape: [1, 6] })) }]);
      // A sample within a step of a threshold is on either side of it.
      const next = randomNumbers(7);
      const x = Array.from({ length: 32 }, () => randomTensor([1, 6], next)).map((sample) => ({
        ...sample,
        data: sample.data.map((v) => Math.round(v * 8) / 8 + 0.06),
      }));
      const { accuracy } = integerModel(graph, { samples: { x } });
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
    });
});
