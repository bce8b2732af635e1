import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { RefusedError } from "../../src/quantize/refused.js";
import { calibrate } from "../../src/quantize/calibrate.js";
import { dequantizeOutput, quantizeInputs } from "../../src/quantize/inputs.js";
import { execute } from "../../src/program/execute.js";
import type { Graph } from "../../src/graph/types.js";
import { PRECISION, programOf, randomNumbers, randomTensor, SMALL_MODELS } from "../helpers/models.js";

const FINE = { ...PRECISION, inputBits: 11, weightBits: 11, activationBits: 11, tableBits: 11 };

/** Root mean square of integer less float outputs over the samples, relative to the float outputs'. */
function errorOf(model: Graph, precision = FINE): number {
  const { graph, program, samples } = programOf(model, { precision });
  const { outputs } = calibrate(graph, samples);
  let [error, whole] = [0, 0];
  samples.forEach((sample, i) => {
    const values = execute(program, quantizeInputs(program, sample));
    const integers = dequantizeOutput(program.outputs[0], values[program.outputs[0].tensor]);
    outputs[i][0].data.forEach((value, k) => {
      error += (integers[k] - value) ** 2;
      whole += value ** 2;
    });
  });
  return Math.sqrt(error / whole);
}

/** y = op(A x + b), for a 3 x 4 input. */
function single(op: string, attributes = {}): Graph {
  const next = randomNumbers(5);
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape: [3, 4] });
  const weights = b.constant(randomTensor([4, 4], next));
  const wide = b.apply("linear", [x, weights, b.constant(randomTensor([4], next))]);
  return b.finish([{ name: "y", id: b.apply(op, [wide], attributes) }]);
}

describe("quantization", () => {
  for (const [name, model] of Object.entries(SMALL_MODELS)) {
    it(`${name}: is the float model except for rounding, at 11 bits`, () => {
      expect(errorOf(model(3))).to.be.below(0.05);
    });
  }

  for (const [op, attributes] of [
    ["gelu", { approximate: "none" }],
    ["gelu", { approximate: "tanh" }],
    ["silu", {}],
    ["softplus", { beta: 2 }],
    ["hardSwish", {}],
    ["leakyRelu", { slope: 0.01 }],
    ["elu", { alpha: 1.67, scale: 1.05, inputScale: 1 }],
    ["mish", {}],
    ["tanh", {}],
    ["sigmoid", {}],
    ["hardSigmoid", { slope: 1 / 6, offset: 0.5 }],
    ["erf", {}],
    ["atan", {}],
    ["sin", {}],
    ["cos", {}],
    ["exp", {}],
    ["abs", {}],
    ["clamp", { min: -0.5, max: 1 }],
    ["pow", { exponent: 3 }],
    ["cumSum", { axis: 0 }],
    ["logSoftmax", { axis: 0 }],
    ["logSoftmax", { axis: -1 }],
    ["softmax", { axis: 0 }],
  ] as const) {
    it(`${op} ${JSON.stringify(attributes)} is the float operator except for rounding`, () => {
      expect(errorOf(single(op, attributes))).to.be.below(0.01);
    });
  }

  it("divides computed tensors, and convolves batches", () => {
    const next = randomNumbers(5);
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [2, 2, 4, 4] });
    const window = { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 2 };
    const convolve = () => b.apply("conv", [x, b.constant(randomTensor([4, 1, 3, 3], next))], window);
    const divisor = b.apply("add", [b.apply("sigmoid", [convolve()]), b.scalar(0.5)]);
    const ratio = b.apply("div", [convolve(), divisor]);
    const inverse = b.apply("div", [b.scalar(3), divisor]);
    expect(errorOf(b.finish([{ name: "y", id: ratio }]))).to.be.below(0.01);
    expect(errorOf(b.finish([{ name: "y", id: inverse }]))).to.be.below(0.01);
  });

  it("gives layers the bits of their own, and refuses names of no layer", () => {
    const model = SMALL_MODELS["dense, relu, dense"](3);
    const name = model.nodes.find(({ op }) => op === "relu")!.name;
    const coarse = errorOf(model, { ...FINE, layers: { [name]: { activationBits: 3 } } });
    expect(coarse).to.be.above(2 * errorOf(model));
    expect(() => errorOf(model, { ...FINE, layers: { nowhere: { weightBits: 3 } } })).to.throw(/"nowhere"/);
  });

  it("names every layer that cannot be proved, with the reason", () => {
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [2, 3] });
    b.module = "ratio";
    const ratio = b.apply("div", [b.scalar(1), x]);
    b.module = "behind";
    const behind = b.apply("relu", [ratio]);
    b.module = "weighted";
    const weighted = b.apply("linear", [x, b.apply("relu", [x])]);
    const model = b.finish([
      { name: "y", id: behind },
      { name: "z", id: weighted },
    ]);
    expect(() => programOf(model)).to.throw(
      RefusedError,
      /2 layers of the model cannot be proved:\s+div at ratio[^:]*: its divisor takes both signs or 0.*\s+linear at weighted[^:]*: input 1 must be a constant/,
    );
  });
});
