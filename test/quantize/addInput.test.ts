import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { sizeOf, tensor } from "../../src/tensor/tensor.js";
import type { Graph, ValueId } from "../../src/graph/types.js";
import type { DType, Tensor } from "../../src/tensor/types.js";
import { quantizeInputs } from "../../src/quantize/inputs.js";
import { expectNear } from "../helpers/near.js";
import { integerModel } from "../helpers/integers.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

/** Numbers of [0, 1). */
function shares(seed: number): () => number {
  const next = randomNumbers(seed);
  return () => (next() + 1) / 2;
}

const COUNT = 48;

/** Samples of which each feature is spread evenly around a center. */
function around(shape: readonly number[], centers: readonly number[], spreads: readonly number[]): Tensor[] {
  const next = shares(8);
  return Array.from({ length: COUNT }, () =>
    tensor(
      "float",
      [...shape],
      Array.from(
        { length: sizeOf(shape) },
        (_, i) => centers[i % centers.length] + spreads[i % spreads.length] * (2 * next() - 1),
      ),
    ),
  );
}

/** Integers below a limit per element. */
function below(limits: readonly number[], dtype: DType = "int", shape = [limits.length]): Tensor[] {
  const next = shares(6);
  return Array.from({ length: COUNT }, () => ({
    dtype,
    shape,
    data: Float64Array.from(limits, (limit) => Math.floor(next() * limit)),
  }));
}

function graphOf(
  inputs: Readonly<Record<string, { dtype: DType; shape: number[] }>>,
  make: (b: GraphBuilder, ids: Readonly<Record<string, ValueId>>) => ValueId,
): Graph {
  const b = new GraphBuilder();
  const ids = Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, b.input(name, type)]));
  b.module = "body";
  return b.finish([{ name: "y", id: make(b, ids) }]);
}

describe("inputs that are not around 0", () => {
  const tables: Readonly<Record<string, { centers: number[]; spreads: number[] }>> = {
    "years, kelvin, prices and shares": { centers: [2005, 300, 1e6, 0.5], spreads: [9, 15, 1000, 0.1] },
    "negative offsets and plain features": { centers: [-273, 0, -1e5, 3], spreads: [10, 1, 20, 3] },
    "one far feature among plain ones": { centers: [0, 0, 1e9, 0], spreads: [1, 5, 1e5, 0.01] },
  };
  for (const [name, { centers, spreads }] of Object.entries(tables))
    it(`keep their own range per feature: ${name}`, () => {
      const next = randomNumbers(2);
      const graph = graphOf({ x: { dtype: "float", shape: [1, 4] } }, (b, { x }) => {
        const centered = b.apply("sub", [x, b.constant(tensor("float", [4], centers))]);
        const scaled = b.apply("div", [centered, b.constant(tensor("float", [4], spreads))]);
        const hidden = b.apply("relu", [b.apply("linear", [scaled, b.constant(randomTensor([6, 4], next))])]);
        return b.apply("linear", [hidden, b.constant(randomTensor([3, 6], next))]);
      });
      const samples = { x: around([1, 4], centers, spreads) };
      const { accuracy, bits, notices } = integerModel(graph, { samples, bits: {} });
      expect(bits).to.deep.equal({ inputBits: 8, weightBits: 8, activationBits: 8 });
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.04);
      expect(notices).to.deep.equal([]);
    });

  for (const [name, apply] of [
    ["layer norm", (b, x) => b.apply("layerNorm", [x], { dims: 1, epsilon: 1e-5 })],
    ["a convolution with padding", convolution],
    ["a difference of neighbors", (b, x) => b.apply("sub", [slice(b, x, 0), slice(b, x, 1)])],
  ] as [string, (b: GraphBuilder, x: ValueId) => ValueId][])
    for (const center of [300, -40_000])
      it(`around ${center} go through ${name}`, () => {
        const graph = graphOf({ x: { dtype: "float", shape: [1, 1, 6] } }, (b, { x }) => apply(b, x));
        const samples = { x: around([1, 1, 6], [center], [2]) };
        const { accuracy } = integerModel(graph, { samples, bits: {} });
        expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.05);
      });

  it("reach a little beyond the samples, and say how far", () => {
    const graph = graphOf({ x: { dtype: "float", shape: [2] } }, (b, { x }) =>
      b.apply("linear", [x, b.constant(tensor("float", [2, 2], [1, 0.5, -1, 2]))]),
    );
    const { program } = integerModel(graph, { samples: { x: around([2], [2000, 0], [10, 1]) }, bits: {} });
    const give = (year: number) =>
      quantizeInputs(program, new Map([["x", tensor("float", [2], [year, 0])]]))[0][0];
    const [{ scale, offset }] = program.inputs;
    for (const year of [1988, 1990, 2000.5, 2012])
      expectNear(give(year) * scale[0] + offset[0], year, scale[0]);
    expect(() => give(2020)).to.throw(/x\[0\] = 2020 is outside the model.s domain \[198\d.*, 201\d/);
  });
});

function convolution(b: GraphBuilder, x: ValueId): ValueId {
  const weight = b.constant(tensor("float", [1, 1, 3], [0.5, -1, 0.75]));
  return b.apply("conv", [x, weight], { stride: [1], dilation: [1], padding: [1, 1], groups: 1 });
}

function slice(b: GraphBuilder, x: ValueId, start: number): ValueId {
  return b.apply("slice", [x], { start: [0, 0, start], size: [1, 1, 5], step: [1, 1, 1] });
}

describe("integer inputs", () => {
  const rows = [3, 9, 4];
  const embed = (b: GraphBuilder, ids: ValueId): ValueId =>
    b.apply(
      "concat",
      rows.map((count, column) =>
        b.apply(
          "gather",
          [
            b.constant(randomTensor([count, 2], randomNumbers(column + 1))),
            b.apply("slice", [ids], { start: [column], size: [1], step: [1] }),
          ],
          { axis: 0 },
        ),
      ),
      { axis: 1 },
    );

  it("choose each from the table that they feed", () => {
    const graph = graphOf({ ids: { dtype: "int", shape: [3] } }, (b, { ids }) => embed(b, ids));
    const { program, accuracy } = integerModel(graph, { samples: { ids: below(rows) } });
    expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.01);
    const give = (ids: number[]) => quantizeInputs(program, new Map([["ids", tensor("int", [3], ids)]]));
    expect(give([2, 8, 3]).flatMap((part) => [...part])).to.have.members([2, 8, 3]);
    expect(() => give([3, 0, 0])).to.throw("ids[0] = 3 is outside the model's domain [0, 2]");
    expect(() => give([0, 9, 0])).to.throw("ids[1] = 9 is outside the model's domain [0, 8]");
    expect(() => give([0, 0, -1])).to.throw("ids[2] = -1 is outside the model's domain [0, 3]");
  });

  it("choose from one table with an offset per column", () => {
    const graph = graphOf({ ids: { dtype: "int", shape: [3] } }, (b, { ids }) => {
      const placed = b.apply("add", [ids, b.constant(tensor("int", [3], [0, 3, 12]))]);
      return b.apply("gather", [b.constant(randomTensor([16, 2], randomNumbers(1))), placed], { axis: 0 });
    });
    const { program, accuracy } = integerModel(graph, { samples: { ids: below(rows) } });
    expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.01);
    expect(() => quantizeInputs(program, new Map([["ids", tensor("int", [3], [0, 0, 4])]]))).to.throw(
      "[0, 3]",
    );
  });

  it("are index and number at once", () => {
    const graph = graphOf({ ids: { dtype: "int", shape: [4] } }, (b, { ids }) => {
      const part = (start: number, end: number) =>
        b.apply("slice", [ids], { start: [start], size: [end - start], step: [1] });
      const embedded = b.apply("reshape", [embed(b, part(0, 3))], { shape: [6] });
      const number = b.apply("mul", [b.apply("cast", [ids], { to: "float" }), b.scalar(0.1)]);
      return b.apply("concat", [embedded, number], { axis: 0 });
    });
    const { accuracy } = integerModel(graph, { samples: { ids: below([...rows, 700]) } });
    expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.01);
  });

  for (const [name, limit] of [
    ["pixels", 256],
    ["counts", 10],
    ["flags", 2],
    ["large numbers", 5_000_000],
  ] as const)
    it(`are numbers: ${name}`, () => {
      const graph = graphOf({ x: { dtype: "int", shape: [1, 6] } }, (b, { x }) => {
        const scaled = b.apply("div", [b.apply("cast", [x], { to: "float" }), b.scalar(limit - 1)]);
        return b.apply("linear", [scaled, b.constant(randomTensor([3, 6], randomNumbers(4)))]);
      });
      const samples = { x: below(new Array<number>(6).fill(limit), "int", [1, 6]) };
      const { accuracy, program } = integerModel(graph, { samples });
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
      if (limit <= 256)
        expect(program.inputs[0]).to.deep.include({ scale: [1], bits: Math.ceil(Math.log2(limit)) });
    });

  it("are years: around a zero point of their own", () => {
    const graph = graphOf({ x: { dtype: "int", shape: [1, 2] } }, (b, { x }) => {
      const moved = b.apply("sub", [b.apply("cast", [x], { to: "float" }), b.scalar(2000)]);
      return b.apply("linear", [moved, b.constant(tensor("float", [2, 2], [0.5, -0.2, 1, 0.3]))]);
    });
    const years = below([30, 30], "int", [1, 2]).map((one) => ({
      ...one,
      data: one.data.map((x) => x + 1990),
    }));
    const { accuracy, program } = integerModel(graph, { samples: { x: years } });
    expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.02);
    expect(program.inputs[0].scale.every((s) => s === 1)).to.equal(true);
  });

  for (const dtype of ["bool", "int", "float"] as const)
    it(`are masks of attention: ${dtype}`, () => {
      const next = randomNumbers(3);
      const graph = graphOf(
        { x: { dtype: "float", shape: [4, 3] }, mask: { dtype, shape: [4] } },
        (b, { x, mask }) => {
          const side = () => b.apply("linear", [x, b.constant(randomTensor([3, 3], next))]);
          const scores = b.apply("matmul", [side(), b.apply("transpose", [side()], { perm: [1, 0] })]);
          const kept = b.apply("cast", [mask], { to: "float" });
          const added = b.apply("mul", [b.apply("sub", [b.scalar(1), kept]), b.scalar(-1e4)]);
          const shares = b.apply("softmax", [b.apply("add", [scores, added])], { axis: 1 });
          return b.apply("matmul", [shares, side()]);
        },
      );
      const flags = below([2, 2, 2, 2], dtype).map((one) => ({
        ...one,
        data: one.data.map((x, i) => (i === 0 ? 1 : x)),
      }));
      const x = Array.from({ length: COUNT }, () => randomTensor([4, 3], next));
      const { accuracy } = integerModel(graph, { samples: { x, mask: flags } });
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.05);
    });
});

describe("the search for bits", () => {
  it("raises those of the input where others change nothing, and gives others back", () => {
    // What matters is a small difference of two large numbers.
    const graph = graphOf({ x: { dtype: "float", shape: [1, 2] } }, (b, { x }) =>
      b.apply("linear", [x, b.constant(tensor("float", [1, 2], [1, -1]))]),
    );
    const next = shares(1);
    const samples = Array.from({ length: COUNT }, () => {
      const most = 200 * next() - 100;
      return tensor("float", [1, 2], [most, most + next()]);
    });
    const { bits, accuracy, notices } = integerModel(graph, { samples: { x: samples }, bits: {} });
    expect(bits.inputBits).to.be.greaterThan(8);
    expect(accuracy.outputs[0].rmsError).to.be.lessThan(0.02);
    expect(notices[0]).to.contain(`${bits.inputBits}-bit inputs`);
    const fixed = integerModel(graph, { samples: { x: samples }, bits: { inputBits: 8 } });
    expect(fixed.bits.inputBits).to.equal(8);
    expect(fixed.accuracy.outputs[0].rmsError).to.be.greaterThan(0.02);
  });

  it("gives bits back that do not help", () => {
    // One input of 2 bits: whatever else is done, a quarter of the range is lost.
    const graph = graphOf({ x: { dtype: "float", shape: [1, 3] } }, (b, { x }) =>
      b.apply("relu", [b.apply("linear", [x, b.constant(randomTensor([2, 3], randomNumbers(1)))])]),
    );
    const { bits, notices } = integerModel(graph, { bits: { inputBits: 2 } });
    expect(bits).to.deep.equal({ inputBits: 2, weightBits: 8, activationBits: 8 });
    expect(notices.join()).to.contain("still less accurate");
  });
});
