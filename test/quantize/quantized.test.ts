import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { simplify } from "../../src/graph/passes/index.js";
import { dequantize as dequantizeNumbers, quantize } from "../../src/import/compose/quantization.js";
import { execute } from "../../src/program/execute.js";
import type { Program } from "../../src/program/types.js";
import { dequantizeOutput, quantizeInputs } from "../../src/quantize/inputs.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { ValueId } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import { integerModel } from "../helpers/integers.js";
import { randomNumbers } from "../helpers/models.js";
import {
  graphOfQuantized,
  INT8,
  integersOf,
  randomLayer,
  type QuantizedLayer,
  type QuantizedModel,
} from "../helpers/quantized.js";

const bits = { inputBits: 8, weightBits: 8, activationBits: 8 };

/** Whether a layer of the program has exactly these weights. */
function hasWeights(program: Program, { weights }: QuantizedLayer): boolean {
  return program.operations.some(
    (operation) =>
      operation.kind === "linear" && Array.from(operation.weights).join() === weights.flat().join(),
  );
}

function twoLayers(weightScale: readonly number[], step: number, zero = 0): QuantizedModel {
  return {
    scale: 2 ** -6,
    zero,
    layers: [
      randomLayer(1, [12, 16], { weightScale, relu: true, scale: step, zero: -128 }),
      randomLayer(2, [6, 12], { weightScale, relu: false, scale: 4 * step, zero: 3 }),
    ],
  };
}

describe("models that are quantized already", () => {
  const next = randomNumbers(9);
  const samples: Tensor[] = Array.from({ length: 40 }, () =>
    tensor(
      "float",
      [1, 16],
      Array.from({ length: 16 }, () => 1.9 * next()),
    ),
  );

  for (const [name, weightScale, zero] of [
    ["per tensor", [2 ** -7], 0],
    ["per tensor, with a zero point", [2 ** -7], 17],
    ["per channel", [2 ** -7, 2 ** -8, 2 ** -6], 0],
    ["per channel, with a zero point", [2 ** -7, 2 ** -9], -40],
  ] as const)
    it(`are proven bit for bit where scales are powers of two: ${name}`, () => {
      const model = twoLayers(weightScale, 2 ** -5, zero);
      const own = samples.map((x) => ({ ...x, data: x.data.map((v) => v - zero * model.scale) }));
      const { program, accuracy } = integerModel(graphOfQuantized(model), { samples: { x: own }, bits });
      for (const layer of model.layers) expect(hasWeights(program, layer)).to.equal(true);
      for (const x of own) {
        const values = execute(program, quantizeInputs(program, new Map([["x", x]])));
        const [output] = program.outputs;
        const { scale, zero } = model.layers[1];
        const expected = integersOf(model, x).map((q) => (q - zero) * scale);
        expect(Array.from(dequantizeOutput(output, values[output.tensor]))).to.deep.equal(expected);
      }
      // Only ties, which go to the even number in the model, can differ.
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.01);
    });

  for (const [name, weightScale] of [
    ["per tensor", [0.0081]],
    ["per channel", [0.0081, 0.0047, 0.0113]],
  ] as const)
    it(`are nearly theirs where scales are not powers of two: ${name}`, () => {
      const model = twoLayers(weightScale, 0.0313);
      const { accuracy } = integerModel(graphOfQuantized(model), { samples: { x: samples }, bits });
      expect(accuracy.outputs[0].rmsError).to.be.lessThan(0.01);
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
      const finer = integerModel(graphOfQuantized(model), {
        samples: { x: samples },
        bits: { ...bits, weightBits: 14 },
      });
      expect(finer.accuracy.outputs[0].rmsError).to.be.lessThan(accuracy.outputs[0].rmsError / 2);
    });

  it("cost about what a float model does at the same bits", () => {
    const { layers, ...input } = twoLayers([0.0081], 0.0313);
    // Without a last quantization that a float model has not.
    const model = { ...input, layers: layers.map((layer) => ({ ...layer, relu: true, zero: -128 })) };
    const cost = (quantized: boolean) =>
      integerModel(graphOfQuantized(model, quantized), { samples: { x: samples }, bits }).netlist.cost
        .nonlinear;
    expect(cost(true)).to.be.at.most(1.05 * cost(false));
  });

  it("give the input their own domain, and cut off where they do", () => {
    const model = twoLayers([2 ** -7], 2 ** -5);
    const graph = graphOfQuantized(model);
    const { program } = integerModel(graph, { samples: { x: samples }, bits });
    expect(program.inputs[0]).to.deep.include({ scale: [2 ** -6], offset: [0], bits: 8 });
    const far = [...samples, tensor("float", [1, 16], new Array<number>(16).fill(3.5))];
    const { program: wider } = integerModel(graph, { samples: { x: far }, bits });
    expect(wider.inputs[0]).to.deep.include({ scale: [2 ** -6], bits: 9 });
    const values = execute(wider, quantizeInputs(wider, new Map([["x", far.at(-1)!]])));
    const { scale, zero } = model.layers[1];
    const expected = integersOf(model, far.at(-1)!).map((q) => (q - zero) * scale);
    const [output] = wider.outputs;
    expect(Array.from(dequantizeOutput(output, values[output.tensor]))).to.deep.equal(expected);
  });

  for (const [op, scale, zero] of [
    ["sigmoid", 1 / 256, -128],
    ["tanh", 0.0091, 0],
    ["silu", 0.0173, -20],
  ] as const)
    it(`look up their own integers behind ${op}`, () => {
      const b = new GraphBuilder();
      const pair = (x: ValueId, step: number, point: number) => {
        const [s, z] = [b.scalar(step), b.scalar(point, "int")];
        return dequantizeNumbers(b, quantize(b, x, s, z, INT8), s, z);
      };
      const x = pair(b.input("x", { dtype: "float", shape: [1, 16] }), 0.0157, 4);
      const graph = simplify(b.finish([{ name: "y", id: pair(b.apply(op, [x]), scale, zero) }]));
      const { accuracy, program } = integerModel(graph, { samples: { x: samples }, bits });
      expect(accuracy.maxAbsIntegerError).to.be.lessThan(1e-9);
      expect(program.operations.map(({ kind }) => kind)).to.deep.equal(["input", "activate"]);
    });
});
