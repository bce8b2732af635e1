import { expect } from "chai";
import { makeIntegerModel } from "../../src/pipeline/integerModel.js";
import { GraphBuilder } from "../../src/graph/builder.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { Graph } from "../../src/graph/types.js";
import { fidelityOf } from "../../src/quantize/fidelity.js";
import { isFaithful } from "../../src/search/precision.js";
import { integerModel } from "../helpers/integers.js";
import { expectNear } from "../helpers/near.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

/**
 * Two convolutions of one image, joined and convolved again, of which one is `factor` times as wide: a U-Net's skip.
 */
function skip(factor: number, joined: "channels" | "features"): Graph {
  const next = randomNumbers(9);
  const b = new GraphBuilder();
  const parameters = { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 1 };
  const x = b.input("x", { dtype: "float", shape: joined === "channels" ? [1, 1, 4, 4] : [1, 2, 6] });
  const branch = (name: string, size: number) => {
    b.module = name;
    const weights = randomTensor(joined === "channels" ? [2, 1, 3, 3] : [3, 6], next);
    const scaled = b.constant({ ...weights, data: weights.data.map((w) => w * size) });
    return joined === "channels" ? b.apply("conv", [x, scaled], parameters) : b.apply("linear", [x, scaled]);
  };
  const [wide, narrow] = [branch("wide", factor), branch("narrow", 1)];
  b.module = "join";
  const both = b.apply("concat", [wide, narrow], { axis: joined === "channels" ? 1 : 2 });
  b.module = "head";
  // The head undoes the difference: what the narrow branch says matters as much.
  const last = randomTensor(joined === "channels" ? [2, 4, 3, 3] : [2, 6], next);
  const perSource = joined === "channels" ? 9 : 1;
  const sources = joined === "channels" ? 4 : 6;
  last.data.forEach((w, i) => {
    if (Math.floor(i / perSource) % sources < sources / 2) last.data[i] = w / factor;
  });
  const y =
    joined === "channels"
      ? b.apply("conv", [both, b.constant(last)], parameters)
      : b.apply("linear", [both, b.constant(last)]);
  return b.finish([{ name: "y", id: y }]);
}

describe("joined values of different width", () => {
  for (const joined of ["channels", "features"] as const)
    for (const factor of [1, 30, 1000, 1e5])
      it(`keep each its own scale: ${joined}, one ${factor} times the other`, () => {
        const { accuracy, notices, bits } = integerModel(skip(factor, joined));
        expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
        expect(bits).to.deep.include({ weightBits: 8, activationBits: 8 });
        expect(notices).to.deep.equal([]);
      });
});

describe("constant factors with zeros", () => {
  const factors: Readonly<Record<string, readonly number[]>> = {
    "a mask": [1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1],
    "a window": [0, 0.5, 1, 0.5, 0, 0, 0, 0.25, -1, 0.25, 0, 0],
    "sines of positions (RoPE)": Array.from({ length: 12 }, (_, i) => Math.sin(Math.floor(i / 4) * (i % 4))),
    "all of them": new Array<number>(12).fill(0),
    "all but the last": [...new Array<number>(11).fill(0), 3],
  };
  for (const [name, data] of Object.entries(factors))
    for (const next of ["nothing", "linear", "add", "relu"])
      it(`${name}, then ${next}`, () => {
        const numbers = randomNumbers(4);
        const b = new GraphBuilder();
        const x = b.input("x", { dtype: "float", shape: [1, 3, 4] });
        b.module = "factor";
        const product = b.apply("mul", [x, b.constant(tensor("float", [3, 4], data))]);
        b.module = "next";
        const y =
          next === "linear"
            ? b.apply("linear", [product, b.constant(randomTensor([2, 4], numbers))])
            : next === "add"
              ? b.apply("add", [product, b.apply("mul", [x, b.scalar(0.3)])])
              : next === "relu"
                ? b.apply("relu", [product])
                : product;
        const { accuracy } = integerModel(b.finish([{ name: "y", id: y }]));
        expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
      });

  it("a norm whose weight has zeros keeps the bias there", () => {
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [2, 6] });
    b.module = "norm";
    const weight = b.constant(tensor("float", [6], [1, 0, -2, 0, 0.5, 1]));
    const bias = b.constant(tensor("float", [6], [0.1, -3, 0.2, 2, 0, 0]));
    const normal = b.apply("layerNorm", [x, weight, bias], { dims: 1, epsilon: 1e-5 });
    const { accuracy } = integerModel(b.finish([{ name: "y", id: normal }]));
    expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
  });
});

describe("functions whose argument has a small constant added", () => {
  for (const epsilon of [1e-2, 1e-5, 1e-9])
    for (const [name, inner, outer] of [
      ["log(|x| + e)", "abs", "log"],
      ["log(max(x, 0) + e)", "relu", "log"],
      ["sqrt(|x| + e)", "abs", "sqrt"],
    ] as const)
      it(`${name}, e = ${epsilon}: the constant is part of the function`, () => {
        const b = new GraphBuilder();
        const x = b.input("x", { dtype: "float", shape: [1, 3] });
        b.module = "inner";
        const positive = b.apply(inner, [x]);
        b.module = "outer";
        const moved = b.apply("add", [positive, b.scalar(epsilon)]);
        const y = outer === "log" ? b.apply("log", [moved]) : b.apply("pow", [moved], { exponent: 0.5 });
        const graph = b.finish([{ name: "y", id: y }]);
        // Whole steps of the input, 0 among them: what is between them no integer model can tell.
        const inputs = new Map([
          [
            "x",
            Array.from({ length: 16 }, (_, i) =>
              tensor("float", [1, 3], [0, (i - 8) / 8, i === 0 ? 127 / 128 : -i / 16]),
            ),
          ],
        ]);
        const { accuracy } = makeIntegerModel(
          { graph, format: "onnx", formatDetail: "", sha256: "0".repeat(64), parameters: 0, notices: [] },
          { count: 16, inputs },
          { inputBits: 8, input: "committed", output: "public" },
        );
        expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
      });
});

describe("the fidelity of outputs", () => {
  const output = (scale: number[]) => ({
    name: "y",
    tensor: 0,
    shape: [2],
    kind: "values" as const,
    scale,
    offset: [0],
  });
  const floats = [[tensor("float", [2], [0, 100])], [tensor("float", [2], [1, 300])]];

  it("is measured against the range, and by channel where scales differ", () => {
    const integers = [[Float64Array.of(0.5, 100)], [Float64Array.of(1, 300)]];
    const [together] = fidelityOf([output([1])], floats, integers);
    expectNear(together.greatestError, 0.5 / 300, 1e-12);
    const [apart] = fidelityOf([output([0.01, 1])], floats, integers);
    expectNear(apart.greatestError, 0.5, 1e-12);
    expectNear(apart.rmsError, 0.5 / Math.SQRT2, 1e-12);
  });

  it("of a constant output is measured against its size", () => {
    const still = [[tensor("float", [1], [4])], [tensor("float", [1], [4])]];
    const [{ greatestError }] = fidelityOf([output([1])], still, [
      [Float64Array.of(3)],
      [Float64Array.of(4)],
    ]);
    expectNear(greatestError, 0.25, 1e-12);
  });

  it("counts for every output, not for the first alone, and beside a perfect decision", () => {
    const good = { output: "a", rmsError: 0.001, greatestError: 0.01 };
    const evaluation = {
      samples: 1,
      metric: "accuracy" as const,
      floatScore: 1,
      integerScore: 1,
      agreement: 1,
      maxAbsFloatError: null,
      maxAbsIntegerError: 0,
    };
    expect(isFaithful({ ...evaluation, outputs: [good] })).to.equal(true);
    const lost = { output: "b", rmsError: 0.3, greatestError: 0.9 };
    expect(isFaithful({ ...evaluation, outputs: [good, lost] })).to.equal(false);
  });

  /** A pole that 12 bits cannot resolve: 1 / (x^2 + 10^-5). */
  const pole = (): Graph => {
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [1, 3] });
    b.module = "square";
    const square = b.apply("pow", [x], { exponent: 2 });
    b.module = "pole";
    const moved = b.apply("add", [square, b.scalar(1e-5)]);
    return b.finish([{ name: "y", id: b.apply("div", [b.scalar(1), moved]) }]);
  };

  it("is noted with output and layer where it is bad, and refused on demand", () => {
    const { notices } = integerModel(pole());
    expect(notices.join("\n"))
      .to.match(/output "y" is off by up to .* % of its range/)
      .and.to.match(/the most is lost at \S*(pole|square)/);
    expect(() => integerModel(pole(), { maxError: 0.01 })).to.throw("less exact than asked");
    expect(() => integerModel(skip(30, "features"), { maxError: 0.0001 })).to.throw("--max-error");
    expect(() => integerModel(skip(30, "features"), { maxError: 0.1 })).not.to.throw();
  });
});

describe("decisions that are compared", () => {
  it("count as equal where the float model leaves them open", () => {
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [1, 6] });
    const wide = b.apply("mul", [x, b.scalar(20)]);
    // Most of its outputs are 1 except for less than a thousandth: which is the greatest says nothing.
    const graph = b.finish([{ name: "y", id: b.apply("tanh", [wide]) }]);
    const { accuracy, bits } = integerModel(graph, { bits: {} });
    expect(accuracy.agreement).to.be.at.least(0.95);
    expect(isFaithful(accuracy)).to.equal(true);
    expect(bits.activationBits).to.be.at.most(10);
  });
});
