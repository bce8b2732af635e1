import fc from "fast-check";
import { axisOf, flag, shape, type Case, type Draw } from "./operatorDraws.js";

/** Attention, signals and images: random applications of operators that fewer models have. */
export const furtherCases: Record<string, (draw: Draw) => Case> = {
  Attention: attention,
  RotaryEmbedding: (draw) => {
    const interleaved = draw(flag);
    const flat = draw(flag) === 1;
    const angles = { shape: [1, 3, 2], data: [0.5, 1, -0.75, 0.25, 0, -1] };
    return {
      inputs: { x: flat ? [1, 3, 8] : [1, 2, 3, 4] },
      floats: { c: angles, s: { shape: [1, 3, 2], data: [...angles.data].reverse() } },
      operands: ["x", "c", "s"],
      attributes: { interleaved, ...(flat && { num_heads: 2 }) },
      opset: 23,
    };
  },
  DFT: (draw) => {
    const [inverse, onesided] = draw(fc.constantFrom<[number, number][]>([0, 0], [1, 0], [0, 1]));
    return {
      inputs: {
        x: [2, draw(fc.integer({ min: 2, max: 6 })), onesided === 1 ? 1 : draw(fc.constantFrom(1, 2))],
      },
      attributes: { axis: 1, inverse, onesided },
      opset: 17,
    };
  },
  CenterCropPad: (draw) => ({
    inputs: { x: [4, 5, 2] },
    ints: { s: [draw(fc.integer({ min: 1, max: 8 })), draw(fc.integer({ min: 1, max: 8 }))] },
    operands: ["x", "s"],
    attributes: { axes: draw(fc.constantFrom([0, 1], [-2, 0], [1, 2])) },
  }),
  Col2Im: (draw) => {
    const [pads, strides, positions] = draw(
      fc.constantFrom([[0, 0, 0, 0], [1, 1], 12], [[1, 0, 0, 1], [2, 1], 8]) as fc.Arbitrary<
        [number[], number[], number]
      >,
    );
    return {
      inputs: { x: [1, 8, positions] },
      ints: { size: [4, 5], kernel: [2, 2] },
      operands: ["x", "size", "kernel"],
      attributes: { pads: positions === 12 ? pads : [0, 0, 0, 0], strides, dilations: [1, 1] },
    };
  },
  AffineGrid: (draw) => ({
    inputs: { x: [2, 2, 3] },
    ints: { size: [2, 1, draw(fc.integer({ min: 2, max: 4 })), 3] },
    operands: ["x", "size"],
    attributes: { align_corners: draw(flag) },
  }),
  RoiAlign: (draw) => ({
    inputs: { x: [2, 2, 5, 6] },
    floats: { r: { shape: [2, 4], data: [0, 0.5, 4, 3.5, 1, 1, 2.5, 4] } },
    ints: { i: [1, 0] },
    operands: ["x", "r", "i"],
    attributes: {
      output_height: 2,
      output_width: 3,
      sampling_ratio: draw(fc.integer({ min: 0, max: 2 })),
      coordinate_transformation_mode: draw(fc.constantFrom("half_pixel", "output_half_pixel")),
    },
  }),
  ReverseSequence: (draw) => {
    const time = draw(flag);
    return {
      inputs: { x: [3, 3, 2] },
      ints: { n: draw(fc.shuffledSubarray([1, 2, 3], { minLength: 3 })) },
      operands: ["x", "n"],
      attributes: { time_axis: time, batch_axis: 1 - time },
    };
  },
  QuantizeLinear: (draw) => {
    const one = draw(flag) === 1;
    return {
      inputs: { x: [2, 3, 2] },
      floats: {
        s: one ? { shape: [], data: [0.015625] } : { shape: [3], data: [0.015625, 0.0078125, 0.015625] },
      },
      operands: ["x", "s"],
      attributes: { axis: 1 },
    };
  },
  Det: (draw) => {
    const rows = draw(fc.integer({ min: 1, max: 3 }));
    return { inputs: { x: [2, rows, rows] } };
  },
  LpNormalization: (draw) => {
    const x = draw(shape);
    return {
      inputs: { x },
      attributes: { axis: axisOf(draw, x.length), p: draw(fc.integer({ min: 1, max: 2 })) },
      range: [0.2, 2],
    };
  },
};

/** Operators that the onnxruntime of the tests does not know, or takes in a form of its own. */
export const newerCases: typeof furtherCases = {
  STFT: (draw) => ({
    inputs: { x: [1, 10, 1] },
    ints: { step: [draw(fc.integer({ min: 1, max: 3 }))] },
    floats: { w: { shape: [4], data: [0.5, 1, 0.75, 0.25] } },
    operands: ["x", "step", "w"],
    attributes: { onesided: draw(flag) },
  }),
  MaxUnpool: () => ({
    inputs: { x: [1, 1, 2, 2] },
    ints: { places: [0, 3, 10, 13] },
    operands: ["x", "places"],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  }),
  DequantizeLinear: (draw) => ({
    inputs: { x: [2, 4] },
    floats: { s: { shape: [2, 2], data: [0.5, 2, 1, 0.25] } },
    operands: ["x", "s"],
    attributes: { axis: 1, block_size: draw(fc.constantFrom(2)) },
    opset: 21,
  }),
  QLinearMatMul: () => quantized([2, 3], [3, 4]),
  QLinearConv: () => quantized([1, 2, 4, 4], [3, 2, 2, 2]),
  MatMulInteger: () => ({ inputs: { x: [2, 3], y: [3, 4] } }),
  ConvInteger: () => ({
    inputs: { x: [1, 2, 4, 4], w: [3, 2, 2, 2] },
    attributes: { pads: [1, 0, 0, 1] },
  }),
  CausalConvWithState: (draw) => ({
    inputs: { x: [2, 3, 5], w: [3, 1, 3], b: [3] },
    attributes: { activation: draw(fc.constantFrom("none", "silu")) },
    results: 2,
    opset: 26,
  }),
  Swish: () => ({ inputs: { x: [2, 3] }, attributes: { alpha: { float: 1.5 } }, opset: 24 }),
  SwiGLU: () => ({ inputs: { x: [2, 3], y: [2, 3] }, opset: 26 }),
  RMSNormalization: () => ({ inputs: { x: [2, 3], w: [3] }, attributes: { axis: -1 }, opset: 23 }),
  CumProd: (draw) => ({
    inputs: { x: [2, 4] },
    ints: { axis: [draw(fc.constantFrom(-1, 0))] },
    operands: ["x", "axis"],
    attributes: { exclusive: draw(flag), reverse: draw(flag) },
    opset: 26,
  }),
  TensorScatter: (draw) => ({
    inputs: { x: [2, 3, 4, 2], u: [2, 3, 2, 2] },
    ints: { w: [3, draw(fc.integer({ min: 0, max: 3 }))] },
    operands: ["x", "u", "w"],
    attributes: { mode: "circular" },
    opset: 24,
  }),
};

/** x and y in units of 1/16, their product as integers of eight bits. */
function quantized(x: readonly number[], y: readonly number[]): Case {
  const unit = { shape: [], data: [0.0625] };
  return {
    inputs: { x, w: y },
    floats: { s: unit, t: { shape: [], data: [0.005] } },
    operands: ["x", "s", "", "w", "s", "", "t", ""],
    range: [0, 16],
  };
}

function attention(draw: Draw): Case {
  const flat = draw(flag) === 1;
  const heads = draw(fc.constantFrom(1, 2));
  const q = flat ? [1, 3, 8] : [1, 2, 3, 4];
  const kv = flat ? [1, 4, 4 * heads] : [1, heads, 4, 4];
  const masked = draw(flag) === 1;
  return {
    inputs: { x: q, k: kv, v: kv },
    floats: { m: { shape: [3, 4], data: [0, -1, 0.5, 0, -0.25, 0, 0, 1, 0, 0, 0.75, -0.5] } },
    operands: masked ? ["x", "k", "v", "m"] : ["x", "k", "v"],
    attributes: {
      is_causal: draw(flag),
      ...(draw(flag) === 1 && { softcap: { float: 2 } }),
      ...(flat && { q_num_heads: 2, kv_num_heads: heads }),
    },
    opset: 23,
  };
}
