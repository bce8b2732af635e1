import { expect } from "chai";
import { simplify } from "../../../src/graph/passes/index.js";
import type { Graph } from "../../../src/graph/types.js";
import { lowerOnnx } from "../../../src/import/onnx/lowerOnnx.js";
import { modelProto } from "../../../src/import/onnx/proto.js";
import { integerModel } from "../../helpers/integers.js";
import { randomNumbers } from "../../helpers/models.js";
import { writeModel, type ModelSource, type NodeSource } from "./writer.js";

const next = randomNumbers(4);
const integers = (count: number, most: number) =>
  Array.from({ length: count }, () => Math.round(next() * most));
const scalar = (value: number) => ({ shape: [], data: [value] });

function graphOf(source: ModelSource): Graph {
  return simplify(lowerOnnx(modelProto(writeModel(source)), new Map(), "model.onnx").graph!);
}

/** Weights [2, 4, 1, 1] that the file holds as integers and a scale, one for all or one per channel. */
const weights = integers(8, 127);
const kernel = (scale: readonly number[]) => ({
  floats: { sw: { shape: scale.length === 1 ? [] : [scale.length], data: [...scale] } },
  ints: { q: weights, form: [2, 4, 1, 1] },
  nodes: [
    ["Reshape", ["q", "form"], ["wq"]],
    ["DequantizeLinear", ["wq", "sw"], ["w"], { axis: 0 }],
  ] as NodeSource[],
});

/** x, quantized, through a convolution, a ReLU and max pooling, each of which is quantized again. */
function convolution(scale: readonly number[], step: number): Graph {
  const { floats, ints, nodes } = kernel(scale);
  const pair = (from: string, to: string, s: string): NodeSource[] => [
    ["QuantizeLinear", [from, s], [`${to}.q`], { output_dtype: 3 }],
    ["DequantizeLinear", [`${to}.q`, s], [to]],
  ];
  return graphOf({
    opset: 21,
    inputs: { x: [1, 4, 4, 4] },
    floats: { ...floats, sx: scalar(2 ** -6), sy: scalar(step) },
    ints,
    nodes: [
      ...nodes,
      ...pair("x", "xd", "sx"),
      ["Conv", ["xd", "w"], ["c"]],
      ["Relu", ["c"], ["r"]],
      ...pair("r", "rd", "sy"),
      ["MaxPool", ["rd"], ["m"], { kernel_shape: [2, 2], strides: [2, 2] }],
      ...pair("m", "y", "sy"),
    ],
  });
}

describe("ONNX models that are quantized already", () => {
  const weightsOf = (graph: Graph) => {
    const { program, accuracy } = integerModel(graph, {
      bits: { inputBits: 8, weightBits: 8, activationBits: 8 },
    });
    const linear = program.operations.filter((operation) => operation.kind === "linear");
    const requantized = program.operations.filter(({ kind }) => kind === "requantize");
    return { weights: Array.from(linear[0].weights), accuracy, requantized, program };
  };

  for (const [name, scale] of [
    ["per tensor", [2 ** -8]],
    ["per channel", [2 ** -8, 2 ** -7]],
  ] as const)
    it(`keep their integers, ${name}, and are requantized once, behind max pooling`, () => {
      const result = weightsOf(convolution(scale, 2 ** -5));
      expect(result.weights).to.deep.equal(weights);
      expect(result.requantized.map(({ size }) => size)).to.deep.equal([8]);
      expect(result.requantized[0]).to.include({ lo: 0 });
      expect(result.accuracy.outputs[0].rmsError).to.be.lessThan(1e-3);
    });

  it("are near where scales are not powers of two", () => {
    const { accuracy } = weightsOf(convolution([0.0041, 0.0083], 0.0271));
    expect(accuracy.outputs[0].rmsError).to.be.lessThan(0.01);
  });

  it("keep weights that alone are integers, whatever their scale", () => {
    const { floats, ints, nodes } = kernel([0.00317, 0.00871]);
    const graph = graphOf({
      opset: 21,
      inputs: { x: [1, 4, 3, 3] },
      floats: { ...floats, v: { shape: [1, 2, 1, 1], data: [0.37, -0.91] } },
      ints,
      nodes: [...nodes, ["Conv", ["x", "w"], ["c"]], ["Relu", ["c"], ["r"]], ["Conv", ["r", "v"], ["y"]]],
    });
    expect(weightsOf(graph).weights).to.deep.equal(weights);
  });

  it("are found where they are written out", () => {
    const floats = { s: scalar(0.25), z: scalar(3), low: scalar(-8), high: scalar(7) };
    const inputs = { x: [1, 8] };
    const written: NodeSource[][] = [
      [
        ["Div", ["x", "s"], ["d"]],
        ["Round", ["d"], ["r"]],
        ["Add", ["r", "z"], ["a"]],
        ["Clip", ["a", "low", "high"], ["y"]],
      ],
      [
        ["Div", ["x", "s"], ["d"]],
        ["Clip", ["d", "low", "high"], ["c"]],
        ["Round", ["c"], ["y"]],
      ],
    ];
    for (const nodes of written) {
      const graph = graphOf({ inputs, floats, nodes });
      expect(graph.nodes.map(({ op }) => op)).to.deep.equal(["quantize", "cast"]);
      const samples = { x: [1, 2].map((seed) => sampleOf(seed)) };
      const { accuracy, program } = integerModel(graph, { samples });
      expect(accuracy.maxAbsIntegerError).to.equal(0);
      expect(program.inputs[0].scale).to.deep.equal([0.25]);
    }
  });
});

/** Numbers that are not ties of 1/4. */
function sampleOf(seed: number) {
  const draw = randomNumbers(seed);
  const data = Float64Array.from({ length: 8 }, () => (Math.round(12 * draw()) + 0.2) / 4);
  return { dtype: "float" as const, shape: [1, 8], data };
}
