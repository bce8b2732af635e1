import fc from "fast-check";
import {
  alongAxis,
  axisOf,
  binary,
  compare,
  conv,
  convTranspose,
  flag,
  gather,
  gemm,
  matmul,
  normalized,
  pad,
  perChannel,
  pool,
  recurrent,
  reduction,
  resize,
  shape,
  size,
  slice,
  unary,
  type Case,
  type Draw,
} from "./operatorDraws.js";
import { furtherCases } from "./furtherCases.js";
import type { ModelSource } from "./writer.js";

export type { Case, Draw } from "./operatorDraws.js";
export { newerCases } from "./furtherCases.js";

/** One random application of each operator; shapes are small, and cover broadcasting and negative axes. */
export const operatorCases: Record<string, (draw: Draw) => Case> = {
  Relu: unary(),
  LeakyRelu: unary({ alpha: { float: 0.125 } }),
  Elu: unary({ alpha: { float: 1.5 } }),
  Celu: unary({ alpha: { float: 1.5 } }),
  Selu: unary(),
  Gelu: (draw) => unary({ approximate: draw(fc.constantFrom("none", "tanh")) })(draw),
  Mish: unary(),
  Softplus: unary(),
  Softsign: unary(),
  HardSwish: unary(),
  HardSigmoid: unary({ alpha: { float: 0.25 } }),
  PRelu: (draw) => ({ inputs: { x: [2, 3, 4], y: draw(fc.constantFrom([3, 1], [1], [4])) } }),
  Sigmoid: unary(),
  Tanh: unary(),
  Erf: unary(),
  Exp: unary(),
  Log: unary({}, [0.1, 4]),
  Sin: unary(),
  Cos: unary(),
  Atan: unary(),
  Tan: unary({}, [-1.2, 1.2]),
  Asin: unary({}, [-0.95, 0.95]),
  Acos: unary({}, [-0.95, 0.95]),
  Sinh: unary(),
  Cosh: unary(),
  Asinh: unary(),
  Acosh: unary({}, [1.1, 4]),
  Atanh: unary({}, [-0.95, 0.95]),
  ThresholdedRelu: unary({ alpha: { float: 0.5 } }),
  Shrink: (draw) => unary({ lambd: { float: 0.75 }, bias: { float: draw(flag) / 2 } })(draw),
  IsNaN: unary(),
  IsInf: unary(),
  Abs: unary(),
  Sign: unary(),
  Floor: unary(),
  Ceil: unary(),
  Round: unary(),
  Neg: unary(),
  Sqrt: unary({}, [0, 4]),
  Reciprocal: unary({}, [0.2, 4]),
  Identity: unary(),
  Clip: (draw) => ({
    inputs: { x: draw(shape) },
    floats: scalars({ lo: -0.5, hi: 1 }),
    operands: ["x", "lo", "hi"],
  }),
  Pow: (draw) => ({
    inputs: { x: draw(shape) },
    floats: scalars({ e: draw(fc.constantFrom(2, 3, 0.5, -1)) }),
    operands: ["x", "e"],
    range: [0.2, 3],
  }),
  Add: binary(),
  Sub: binary(),
  Mul: binary(),
  Div: binary([0.5, 3]),
  Mod: (draw) => ({ ...binary([0.5, 3])(draw), attributes: { fmod: 1 } }),
  Max: binary(),
  Min: binary(),
  Sum: binary(),
  Mean: binary(),
  Equal: compare,
  Less: compare,
  LessOrEqual: compare,
  Greater: compare,
  GreaterOrEqual: compare,
  ReduceSum: reduction(),
  ReduceMean: reduction(),
  ReduceMax: reduction(),
  ReduceMin: reduction(),
  ReduceProd: reduction(),
  ReduceL1: reduction(),
  ReduceL2: reduction(),
  ReduceSumSquare: reduction(),
  ReduceLogSum: reduction([0.1, 2]),
  ReduceLogSumExp: reduction(),
  ArgMax: (draw) => alongAxis({ keepdims: draw(flag), select_last_index: draw(flag) })(draw),
  ArgMin: (draw) => alongAxis({ keepdims: draw(flag), select_last_index: draw(flag) })(draw),
  Softmax: alongAxis(),
  LogSoftmax: alongAxis(),
  Hardmax: alongAxis(),
  CumSum: (draw) => {
    const x = draw(shape);
    return {
      inputs: { x },
      ints: { axis: [axisOf(draw, x.length)] },
      operands: ["x", "axis"],
      attributes: { exclusive: draw(flag), reverse: draw(flag) },
    };
  },
  TopK: (draw) => ({
    inputs: { x: [3, 5] },
    ints: { k: [draw(fc.integer({ min: 1, max: 3 }))] },
    operands: ["x", "k"],
    attributes: { axis: draw(flag), largest: draw(flag) },
    results: 2,
  }),
  And: (draw) => ({ ...binary()(draw), masks: ["x", "y"] }),
  Or: (draw) => ({ ...binary()(draw), masks: ["x", "y"] }),
  Xor: (draw) => ({ ...binary()(draw), masks: ["x", "y"] }),
  Not: (draw) => ({ ...unary()(draw), masks: ["x"] }),
  Where: () => ({
    inputs: { x: [2, 3], y: [3], z: [2, 1] },
    operands: ["x", "y", "z"],
    masks: ["x"],
  }),
  MatMul: matmul,
  Gemm: gemm,
  Einsum: (draw) => {
    const [equation, x, y] = draw(
      fc.constantFrom(
        ["ij,jk->ik", [2, 3], [3, 4]],
        ["bij,bkj->bik", [2, 3, 4], [2, 5, 4]],
        ["bhid,bhjd->bhij", [2, 2, 3, 4], [2, 2, 5, 4]],
        ["i,j->ij", [3], [4]],
        ["ij,ij->", [2, 3], [2, 3]],
        ["...ij,...jk->...ik", [2, 2, 3], [2, 3, 4]],
        ["ijk,k->ji", [2, 3, 4], [4]],
        ["iij,j->i", [3, 3, 4], [4]],
        ["ii,jj->", [2, 2], [3, 3]],
      ) as fc.Arbitrary<[string, number[], number[]]>,
    );
    return { inputs: { x, y }, attributes: { equation } };
  },
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool((draw) => ({ ceil_mode: draw(flag) })),
  AveragePool: pool((draw) => ({ count_include_pad: draw(flag) })),
  GlobalAveragePool: (draw) => ({ inputs: { x: [1, draw(size), draw(size), draw(size)] } }),
  GlobalMaxPool: (draw) => ({ inputs: { x: [1, draw(size), draw(size), draw(size)] } }),
  Resize: resize,
  GlobalLpPool: (draw) => ({
    inputs: { x: [1, draw(size), draw(size), draw(size)] },
    attributes: { p: draw(fc.integer({ min: 1, max: 2 })) },
  }),
  LpPool: (draw) => ({
    inputs: { x: [1, 2, 5, 4] },
    attributes: { kernel_shape: [2, 3], strides: [2, 1], p: draw(fc.integer({ min: 1, max: 3 })) },
    range: [0.2, 2],
  }),
  LRN: (draw) => ({
    inputs: { x: [1, 5, 2, 2] },
    attributes: { size: draw(fc.constantFrom(1, 3, 5)), alpha: { float: 0.5 }, beta: { float: 0.75 } },
  }),
  GridSample: grid,
  DepthToSpace: (draw) => ({
    inputs: { x: [1, 8, draw(size), draw(size)] },
    attributes: { blocksize: 2, mode: draw(fc.constantFrom("DCR", "CRD")) },
  }),
  SpaceToDepth: (draw) => ({
    inputs: { x: [1, 2, 2 * draw(size), 2 * draw(size)] },
    attributes: { blocksize: 2 },
  }),
  BatchNormalization: perChannel(["s", "b", "m", "v"]),
  InstanceNormalization: perChannel(["s", "b"]),
  GroupNormalization: (draw) => {
    const groups = draw(fc.integer({ min: 1, max: 2 }));
    const [opset, parameters] = draw(fc.constantFrom<[number, number][]>([21, 2 * groups], [18, groups]));
    return {
      inputs: {
        x: [draw(fc.integer({ min: 1, max: 2 })), 2 * groups, 3, 2],
        s: [parameters],
        b: [parameters],
      },
      attributes: { num_groups: groups },
      opset,
    };
  },
  LayerNormalization: normalized,
  MeanVarianceNormalization: () => ({ inputs: { x: [2, 3, 4, 2] } }),
  LSTM: recurrent(4, 2),
  GRU: recurrent(3, 1, (draw) => ({ linear_before_reset: draw(flag) })),
  RNN: recurrent(1, 1),
  Flatten: (draw) => ({
    inputs: { x: [2, 3, 4] },
    attributes: { axis: draw(fc.integer({ min: -3, max: 3 })) },
  }),
  Reshape: (draw) => ({
    inputs: { x: [2, 3, 4] },
    ints: { s: draw(fc.constantFrom([6, 4], [-1, 2], [0, -1], [24], [2, 0, 2, 2])) },
    operands: ["x", "s"],
  }),
  Transpose: (draw) => {
    const x = draw(shape);
    return {
      inputs: { x },
      attributes: { perm: draw(fc.shuffledSubarray([...x.keys()], { minLength: x.length })) },
    };
  },
  Squeeze: () => ({ inputs: { x: [1, 3, 1] }, ints: { a: [-1, 0] }, operands: ["x", "a"] }),
  Unsqueeze: () => ({ inputs: { x: [2, 3] }, ints: { a: [0, -1] }, operands: ["x", "a"] }),
  Expand: (draw) => ({
    inputs: { x: [3, 1] },
    ints: { s: draw(fc.constantFrom([3, 4], [2, 3, 4], [1, 1], [2, 1, 1])) },
    operands: ["x", "s"],
  }),
  Tile: (draw) => ({ inputs: { x: [2, 3] }, ints: { r: [draw(size), draw(size)] }, operands: ["x", "r"] }),
  Concat: (draw) => ({
    inputs: { x: [2, draw(size), 3], y: [2, draw(size), 3] },
    attributes: { axis: draw(fc.constantFrom(1, -2)) },
  }),
  Split: (draw) => ({
    inputs: { x: [3, 6] },
    ints: { s: draw(fc.constantFrom([2, 4], [1, 5])) },
    operands: ["x", "s"],
    attributes: { axis: 1 },
    results: 2,
  }),
  Slice: slice,
  Pad: pad,
  Gather: gather,
  ScatterElements: (draw) => {
    const reduction = draw(fc.constantFrom("none", "add", "mul", "max", "min"));
    const places =
      reduction === "none"
        ? fc.shuffledSubarray([0, 1, 2, -1], { minLength: 3, maxLength: 3 })
        : fc.array(fc.integer({ min: -5, max: 4 }), { minLength: 3, maxLength: 3 });
    return {
      inputs: { x: [5], u: [3] },
      ints: { i: draw(places) },
      operands: ["x", "i", "u"],
      attributes: { reduction },
    };
  },
  Scatter: () => ({
    inputs: { x: [5], u: [2] },
    ints: { i: [3, 1] },
    operands: ["x", "i", "u"],
    opset: 9,
  }),
  Compress: (draw) => ({
    inputs: { x: [3, 2] },
    floats: { f: { shape: [3], data: [1, 0, 1] } },
    operands: ["x", "f"],
    masks: ["f"],
    attributes: { axis: draw(fc.constantFrom(0, -2)) },
  }),
  GatherElements: (draw) => ({
    inputs: { x: [5] },
    ints: { i: draw(fc.array(fc.integer({ min: -5, max: 4 }), { minLength: 1, maxLength: 4 })) },
    operands: ["x", "i"],
  }),
  GatherND: (draw) => ({
    inputs: { x: [3, 4] },
    ints: { i: [draw(fc.integer({ min: -3, max: 2 })), draw(fc.integer({ min: -4, max: 3 }))] },
    operands: ["x", "i"],
  }),
  ScatterND: (draw) => ({
    inputs: { x: [3, 4], u: [] },
    ints: { i: [draw(fc.integer({ min: -3, max: 2 })), draw(fc.integer({ min: -4, max: 3 }))] },
    operands: ["x", "i", "u"],
  }),
  Trilu: (draw) => ({
    inputs: { x: [2, 4, 3] },
    ints: { k: [draw(fc.integer({ min: -2, max: 2 }))] },
    operands: ["x", "k"],
    attributes: { upper: draw(flag) },
  }),
  ...furtherCases,
};

/** Places in and around an image, and how they are looked up. */
function grid(draw: Draw): Pick<Case, "floats" | "operands" | "attributes" | "inputs"> {
  const batch = draw(fc.integer({ min: 1, max: 2 }));
  const shape = [batch, 2, 3, 2];
  const coordinate = fc.integer({ min: -13, max: 13 }).map((n) => n / 10);
  const data = shape.reduce((a, n) => a * n, 1);
  return {
    inputs: { x: [batch, 2, 4, 3] },
    floats: { g: { shape, data: draw(fc.array(coordinate, { minLength: data, maxLength: data })) } },
    operands: ["x", "g"],
    attributes: {
      mode: draw(fc.constantFrom("linear", "nearest", "cubic")),
      padding_mode: draw(fc.constantFrom("zeros", "border", "reflection")),
      align_corners: draw(flag),
    },
  };
}

function scalars(values: Readonly<Record<string, number>>): ModelSource["floats"] {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { shape: [], data: [value] }]),
  );
}
