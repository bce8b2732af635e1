import { floats, hostile, linear, type Hostile } from "./model.js";

type Cases = Readonly<Record<string, () => Hostile>>;

const window = (axes: number, kernel: number) => ({
  kernel: new Array<number>(axes).fill(kernel),
  stride: new Array<number>(axes).fill(1),
  dilation: new Array<number>(axes).fill(1),
  padding: new Array<number>(2 * axes).fill(0),
});

/** Rows of one element: more than circom has time for, and few enough. */
const [MANY, SOME] = [10_000, 100];

/** Operators that look at an axis, on axes of one element: x is [rows, 1]. */
const ALONG_ONE: Readonly<Record<string, Parameters<typeof hostile>[1]>> = {
  softmax: (b, x) => b.apply("softmax", [x], { axis: 1 }),
  logSoftmax: (b, x) => b.apply("logSoftmax", [x], { axis: 1 }),
  layerNorm: (b, x) => b.apply("layerNorm", [x], { dims: 1, epsilon: 1e-5 }),
  rmsNorm: (b, x) => b.apply("rmsNorm", [x], { dims: 1, epsilon: 1e-5 }),
  topK: (b, x) => [...b.applyAll("topK", [x], { axis: 1, k: 1 })],
  argMax: (b, x) => b.apply("argMax", [x], { axis: 1, keepDims: true }),
  cumSum: (b, x) => b.apply("cumSum", [x], { axis: 1 }),
  sum: (b, x) => b.apply("sum", [x], { axes: [1], keepDims: true }),
  mean: (b, x) => b.apply("mean", [x], { axes: [1], keepDims: false }),
  max: (b, x) => b.apply("max", [x], { axes: [1], keepDims: true }),
};

/** Operators whose rows of one element cost nothing, or are refused: ten thousand of them are no trouble. */
const CHEAP = ["softmax", "logSoftmax", "layerNorm", "argMax", "topK"];

const rowsOfOne = (rows: number): Cases =>
  Object.fromEntries(
    CHEAP.map((name) => [
      `${name} of ${rows} rows of one`,
      () =>
        hostile([1, 1], (b, x) => {
          const all = b.apply("expand", [b.apply("relu", [x])], { shape: [rows, 1] });
          const [first] = [ALONG_ONE[name](b, all)].flat();
          const last = b.apply("slice", [first], { start: [rows - 2, 0], step: [1, 1], size: [2, 1] });
          return b.apply("add", [b.apply("cast", [last], { to: "float" }), x]);
        }),
    ]),
  );

export const MANY_ROWS: Cases = rowsOfOne(MANY);

export const SHAPES: Cases = {
  ...Object.fromEntries(
    Object.entries(ALONG_ONE).map(([name, build]) => [
      `${name} of rows of one`,
      () => hostile([3, 1], build),
    ]),
  ),
  ...rowsOfOne(SOME),
  "layer norm of a constant": () =>
    hostile([1, 3], (b, x) => b.apply("layerNorm", [b.apply("sub", [x, x])], { dims: 1, epsilon: 1e-5 })),
  "layer norm of equals": () =>
    hostile([1, 1], (b, x) =>
      b.apply("layerNorm", [b.apply("expand", [x], { shape: [1, 3] })], { dims: 1, epsilon: 1e-5 }),
    ),
  "RMS norm of a constant": () =>
    hostile([1, 3], (b, x) => b.apply("rmsNorm", [b.apply("sub", [x, x])], { dims: 1, epsilon: 1e-5 })),
  "softmax of equals": () =>
    hostile([1, 1], (b, x) => b.apply("softmax", [b.apply("expand", [x], { shape: [1, 3] })], { axis: 1 })),
  "a vocabulary of one": () =>
    hostile([1, 2], (b, x) => b.apply("gather", [floats(b, [1, 2], [1, -1]), x], { axis: 0 }), {
      entries: 1,
    }),
  "a vocabulary of two": () =>
    hostile([1, 1], (b, x) => b.apply("gather", [floats(b, [2, 1], [1, -1]), x], { axis: 0 }), {
      entries: 2,
    }),
  "a one-hot of one": () =>
    hostile([1, 2], (b, x) => b.apply("cast", [b.apply("equal", [x, b.ints([0])])], { to: "float" }), {
      entries: 1,
    }),
  "a one-hot of five": () =>
    hostile(
      [1, 1],
      (b, x) => b.apply("cast", [b.apply("equal", [x, b.ints([0, 1, 2, 3, 4])])], { to: "float" }),
      {
        entries: 5,
      },
    ),
  "an integer input as a number": () =>
    hostile([1, 1], (b, x) => b.apply("cast", [x], { to: "float" }), { entries: 5 }),
  "a function of a flag": () =>
    hostile(
      [1, 1],
      (b, x) =>
        b.apply("log", [
          b.apply("add", [b.apply("abs", [b.apply("cast", [x], { to: "float" })]), b.scalar(1e-3)]),
        ]),
      { entries: 2 },
    ),
  "an integer input as two outputs": () =>
    hostile(
      [1, 2],
      (b, x) => {
        const number = b.apply("cast", [x], { to: "float" });
        const last = b.apply("slice", [number], { axis: 1, start: 1, end: 2, step: 1 });
        return [
          last,
          b.apply("reshape", [last], { shape: [1] }),
          b.apply("expand", [last], { shape: [1, 2] }),
        ];
      },
      { entries: 5 },
    ),
  "the greatest k of k": () => hostile([2, 3], (b, x) => [...b.applyAll("topK", [x], { axis: 1, k: 3 })]),
  "the greatest of equals": () =>
    hostile([1, 1], (b, x) => [
      ...b.applyAll("topK", [b.apply("expand", [x], { shape: [1, 3] })], { axis: 1, k: 2 }),
    ]),
  "none of the greatest": () =>
    hostile([1, 3], (b, x) => [b.applyAll("topK", [x], { axis: 1, k: 0 })[0], b.apply("relu", [x])]),
  "argmax of two equals": () =>
    hostile([1, 1], (b, x) => b.apply("expand", [x], { shape: [1, 2] }), { modes: { output: "argmax" } }),
  "argmax of one class": () =>
    hostile([2, 1], (b, x) => b.apply("relu", [x]), { modes: { output: "argmax" } }),
  "argmax of constants": () =>
    hostile([1, 2], (b, x) => linear(b, x, [0, 0, 0, 0]), { modes: { output: "argmax" } }),
  "argmax of an argmax": () =>
    hostile([2, 2], (b, x) => b.apply("argMax", [x], { axis: 1, keepDims: false }), {
      modes: { output: "argmax" },
    }),
  "axes of one everywhere": () =>
    hostile([1, 1, 1, 1], (b, x) => {
      const filter = floats(b, [1, 1, 1, 1], [0.5]);
      const { kernel, ...moves } = window(2, 1);
      const conv = b.apply("conv", [x, filter], { ...moves, groups: 1 });
      const pooled = b.apply("maxPool", [b.apply("relu", [conv])], { kernel, ...moves, ceil: false });
      const turned = b.apply("transpose", [pooled], { perm: [3, 2, 1, 0] });
      return b.apply("matmul", [turned, turned]);
    }),
  "attention of one token of one feature": () =>
    hostile([1, 1, 1], (b, x) => {
      const scores = b.apply("matmul", [x, b.apply("transpose", [x], { perm: [0, 2, 1] })]);
      return b.apply("matmul", [b.apply("softmax", [scores], { axis: -1 }), x]);
    }),
  "a scalar": () => hostile([], (b, x) => b.apply("tanh", [x])),
  "a number": () => hostile([1], (b, x) => b.apply("linear", [x, floats(b, [1, 1], [2])])),
  "the input itself": () => hostile([1, 2], (_, x) => x),
  "the input twice": () => hostile([1, 2], (_, x) => [x, x]),
  "one value shown twice": () =>
    hostile([1, 2], (b, x) => {
      const y = b.apply("relu", [linear(b, x)]);
      return [y, y];
    }),
  "inputs that nothing reads": () =>
    hostile([1, 4], (b, x) =>
      b.apply("relu", [b.apply("slice", [x], { start: [0, 3], step: [1, 1], size: [1, 1] })]),
    ),
  "an average with more padding than elements": () =>
    hostile([1, 1, 1], (b, x) =>
      b.apply("avgPool", [x], {
        ...window(1, 3),
        padding: [1, 1],
        ceil: false,
        countIncludePad: true,
        divisor: 0,
      }),
    ),
  "a pooling over the features of a linear layer": () =>
    hostile([1, 1, 2], (b, x) => b.apply("maxPool", [linear(b, x)], { ...window(1, 2), ceil: false })),
};
