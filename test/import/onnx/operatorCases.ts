import fc from "fast-check";
import type { AttributeValue, ModelSource } from "./writer.js";

type Attributes = Readonly<Record<string, AttributeValue>>;
export type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T;

export interface Case extends Omit<ModelSource, "nodes" | "outputs"> {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly attributes?: Attributes;
  /** Names of all inputs of the operator, where constants are among them; else the model's inputs. */
  readonly operands?: readonly string[];
  readonly results?: number;
  readonly range?: readonly [number, number];
}

const size = fc.integer({ min: 1, max: 5 });
const flag = fc.integer({ min: 0, max: 1 });
const shape = fc.array(size, { minLength: 1, maxLength: 4 });

const unary =
  (attributes: Attributes = {}, range?: readonly [number, number]) =>
  (draw: Draw): Case => ({ inputs: { x: draw(shape) }, attributes, range });

/** Two shapes that broadcast: some axes of either are 1 or missing. */
const binary =
  (range?: readonly [number, number]) =>
  (draw: Draw): Case => {
    const full = draw(shape);
    const shrink = (): number[] =>
      full.map((n) => (draw(flag) === 1 ? n : 1)).slice(draw(fc.nat(full.length - 1)));
    return { inputs: { x: draw(flag) === 1 ? full : shrink(), y: shrink() }, range };
  };

const compare = (draw: Draw): Case => ({ ...binary()(draw), range: [-1, 1] });

const reduction =
  (range?: readonly [number, number]) =>
  (draw: Draw): Case => {
    const x = draw(shape);
    const axes = draw(
      fc.subarray(
        x.map((_, axis) => (draw(flag) === 1 ? axis : axis - x.length)),
        { minLength: 1 },
      ),
    );
    return {
      inputs: { x },
      ints: { axes },
      operands: ["x", "axes"],
      attributes: { keepdims: draw(flag) },
      range,
    };
  };

const axisOf = (draw: Draw, rank: number): number => draw(fc.integer({ min: -rank, max: rank - 1 }));

const alongAxis =
  (attributes: Attributes = {}) =>
  (draw: Draw): Case => {
    const x = draw(shape);
    return { inputs: { x }, attributes: { ...attributes, axis: axisOf(draw, x.length) } };
  };

function window(draw: Draw, axes: number) {
  const kernel = Array.from({ length: axes }, () => draw(fc.integer({ min: 1, max: 3 })));
  const pads = Array.from({ length: 2 * axes }, (_, i) => draw(fc.nat(kernel[i % axes]! - 1)));
  const strides = kernel.map(() => draw(fc.integer({ min: 1, max: 3 })));
  const spatial = kernel.map((k) => k * 2 + draw(fc.nat(3)));
  return { kernel, pads, strides, spatial };
}

const conv = (draw: Draw): Case => {
  const axes = draw(fc.integer({ min: 1, max: 3 }));
  const group = draw(fc.integer({ min: 1, max: 2 }));
  const { kernel, pads, strides, spatial } = window(draw, axes);
  const [channels, out] = [group * draw(size), group * draw(size)];
  const dilations = kernel.map(() => draw(fc.integer({ min: 1, max: 2 })));
  return {
    inputs: {
      x: [draw(fc.integer({ min: 1, max: 2 })), channels, ...spatial],
      w: [out, channels / group, ...kernel],
      b: [out],
    },
    attributes: { group, strides, pads, dilations },
  };
};

const convTranspose = (draw: Draw): Case => {
  const axes = draw(fc.integer({ min: 1, max: 2 }));
  const group = draw(fc.integer({ min: 1, max: 2 }));
  const { kernel, strides, spatial } = window(draw, axes);
  const [channels, out] = [group * draw(size), draw(size)];
  const pads = [...kernel, ...kernel].map((k) => draw(fc.nat(k - 1)));
  const output_padding = strides.map((s) => draw(fc.nat(s - 1)));
  return {
    inputs: { x: [1, channels, ...spatial], w: [channels, out, ...kernel], b: [out * group] },
    attributes: { group, strides, pads, output_padding },
  };
};

const pool =
  (extra: (draw: Draw) => Attributes) =>
  (draw: Draw): Case => {
    const axes = draw(fc.integer({ min: 1, max: 3 }));
    const { kernel, pads, strides, spatial } = window(draw, axes);
    return {
      inputs: { x: [1, draw(size), ...spatial] },
      attributes: { kernel_shape: kernel, strides, pads, ...extra(draw) },
    };
  };

const recurrent =
  (gates: number, states: number, extra: (draw: Draw) => Attributes = () => ({})) =>
  (draw: Draw): Case => {
    const direction = draw(fc.constantFrom("forward", "reverse", "bidirectional"));
    const d = direction === "bidirectional" ? 2 : 1;
    const [t, n, i, h] = [draw(size), draw(fc.integer({ min: 1, max: 2 })), draw(size), draw(size)];
    const state = Object.fromEntries(["h0", "c0"].slice(0, states).map((name) => [name, [d, n, h]]));
    return {
      inputs: { x: [t, n, i], w: [d, gates * h, i], r: [d, gates * h, h], b: [d, 2 * gates * h], ...state },
      operands: ["x", "w", "r", "b", "", ...Object.keys(state)],
      attributes: { hidden_size: h, direction, ...extra(draw) },
      results: 1 + states,
    };
  };

const matmul = (draw: Draw): Case => {
  const batch = draw(fc.array(size, { maxLength: 2 }));
  const [m, k, n] = [draw(size), draw(size), draw(size)];
  const x = draw(flag) === 1 ? [...batch, m, k] : [m, k];
  return { inputs: { x, y: draw(flag) === 1 ? [...batch, k, n] : [k, n] } };
};

const gemm = (draw: Draw): Case => {
  const [m, k, n] = [draw(size), draw(size), draw(size)];
  const [transA, transB] = [draw(flag), draw(flag)];
  return {
    inputs: {
      x: transA ? [k, m] : [m, k],
      w: transB ? [n, k] : [k, n],
      b: draw(fc.constantFrom([n], [m, n], [1])),
    },
    attributes: { transA, transB, alpha: { float: 0.5 }, beta: { float: 2 } },
  };
};

const slice = (draw: Draw): Case => {
  const x = draw(shape);
  const bound = (): number => draw(fc.integer({ min: -7, max: 7 }));
  // No empty results: onnxruntime has no data for them.
  const reversed = draw(flag) === 1;
  const axis = axisOf(draw, x.length);
  const length = x.at(axis)!;
  const low = draw(fc.nat(length - 1));
  return reversed
    ? { inputs: { x }, ints: { s: [-1], e: [-99], a: [axis], t: [-1] }, operands: ["x", "s", "e", "a", "t"] }
    : {
        inputs: { x },
        ints: { s: [low], e: [length + Math.abs(bound())], a: [axis], t: [2] },
        operands: ["x", "s", "e", "a", "t"],
      };
};

const pad = (draw: Draw): Case => {
  const x = draw(fc.array(fc.integer({ min: 3, max: 5 }), { minLength: 2, maxLength: 3 }));
  const mode = draw(fc.constantFrom("constant", "reflect", "edge"));
  return {
    inputs: { x },
    ints: { pads: [...x, ...x].map(() => draw(fc.nat(2))) },
    operands: ["x", "pads"],
    attributes: { mode },
  };
};

const gather = (draw: Draw): Case => {
  const x = draw(shape);
  const axis = axisOf(draw, x.length);
  const length = x.at(axis)!;
  const indices = draw(
    fc.array(fc.integer({ min: -length, max: length - 1 }), { minLength: 1, maxLength: 4 }),
  );
  return { inputs: { x }, ints: { i: indices }, operands: ["x", "i"], attributes: { axis } };
};

const resize = (draw: Draw): Case => {
  const spatial = [draw(size), draw(size)];
  const mode = draw(fc.constantFrom("nearest", "linear"));
  return {
    inputs: { x: [1, 2, ...spatial] },
    ints: { sizes: [1, 2, ...spatial.map(() => draw(fc.integer({ min: 1, max: 8 })))] },
    operands: ["x", "", "", "sizes"],
    attributes: {
      mode,
      coordinate_transformation_mode: draw(
        fc.constantFrom("asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"),
      ),
      ...(mode === "nearest" && {
        nearest_mode: draw(fc.constantFrom("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")),
      }),
    },
  };
};

const normalized = (draw: Draw): Case => {
  const x = draw(shape);
  const dims = draw(fc.integer({ min: 1, max: x.length }));
  const w = x.slice(-dims);
  return { inputs: { x, w, b: w }, attributes: { axis: -dims } };
};

const perChannel =
  (parameters: readonly string[], extra: (draw: Draw, channels: number) => Attributes = () => ({})) =>
  (draw: Draw): Case => {
    const channels = 2 * draw(fc.integer({ min: 1, max: 2 }));
    const inputs = {
      x: [draw(fc.integer({ min: 1, max: 2 })), channels, draw(fc.integer({ min: 2, max: 4 })), 3],
    };
    const rest = Object.fromEntries(parameters.map((name) => [name, [channels]]));
    return { inputs: { ...inputs, ...rest }, attributes: extra(draw, channels), range: [0.1, 2] };
  };

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
  ArgMax: (draw) => alongAxis({ keepdims: draw(flag) })(draw),
  ArgMin: (draw) => alongAxis({ keepdims: draw(flag) })(draw),
  Softmax: alongAxis(),
  LogSoftmax: alongAxis(),
  CumSum: (draw) => {
    const x = draw(shape);
    return { inputs: { x }, ints: { axis: [axisOf(draw, x.length)] }, operands: ["x", "axis"] };
  },
  TopK: (draw) => ({
    inputs: { x: [3, 5] },
    ints: { k: [draw(fc.integer({ min: 1, max: 3 }))] },
    operands: ["x", "k"],
    attributes: { axis: draw(flag), largest: draw(flag) },
    results: 2,
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
  LayerNormalization: normalized,
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
  ScatterElements: (draw) => ({
    inputs: { x: [5], u: [2] },
    ints: { i: draw(fc.shuffledSubarray([0, 1, 2, -1], { minLength: 2, maxLength: 2 })) },
    operands: ["x", "i", "u"],
  }),
  GatherElements: (draw) => ({
    inputs: { x: [5] },
    ints: { i: draw(fc.array(fc.integer({ min: -5, max: 4 }), { minLength: 1, maxLength: 4 })) },
    operands: ["x", "i"],
  }),
  Trilu: (draw) => ({
    inputs: { x: [2, 4, 3] },
    ints: { k: [draw(fc.integer({ min: -2, max: 2 }))] },
    operands: ["x", "k"],
    attributes: { upper: draw(flag) },
  }),
};

function scalars(values: Readonly<Record<string, number>>): ModelSource["floats"] {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { shape: [], data: [value] }]),
  );
}
