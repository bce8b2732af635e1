import type { GraphBuilder } from "../../src/graph/builder.js";
import type { ValueId } from "../../src/graph/types.js";
import {
  abs,
  add,
  centered,
  clamp,
  div,
  exp,
  log,
  max,
  maximum,
  mean,
  mul,
  pow,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  where,
  type Composite,
} from "./composites.js";

const lse = (b: GraphBuilder, x: ValueId, axes?: readonly number[], keepDims?: boolean): ValueId =>
  log(b, sum(b, exp(b, x), axes, keepDims));
const shifted = (b: GraphBuilder, x: ValueId, axes?: readonly number[]): ValueId =>
  sub(b, x, max(b, x, axes));
const shares = (b: GraphBuilder, exps: ValueId, axes?: readonly number[]): ValueId =>
  div(b, exps, sum(b, exps, axes));

/** Functions of rows of exponentials. */
export const exponentials: readonly Composite[] = [
  { name: "softmax", ops: ["softmax"], build: (b, x) => shares(b, exp(b, x)) },
  {
    name: "softmax, the greatest taken off",
    ops: ["softmax"],
    build: (b, x) => shares(b, exp(b, shifted(b, x))),
  },
  {
    name: "softmax over another axis",
    ops: ["softmax"],
    build: (b, x) => shares(b, exp(b, shifted(b, x, [1])), [1]),
  },
  {
    name: "softmax over two axes",
    ops: ["reshape", "softmax", "reshape"],
    build: (b, x) => shares(b, exp(b, x), [1, 2]),
  },
  {
    name: "softmax by a reciprocal",
    ops: ["softmax"],
    build(b, x) {
      const exps = exp(b, shifted(b, x));
      return mul(b, pow(b, sum(b, exps), -1), exps);
    },
  },
  {
    name: "softmax by 1 / sum, reduced and given its axis again",
    ops: ["softmax"],
    build(b, x) {
      const exps = exp(b, x);
      return mul(b, exps, reshape(b, div(b, 1, sum(b, exps, [-1], false)), [2, 3, 1]));
    },
  },
  {
    name: "softmax with a repeated sum",
    ops: ["softmax"],
    build(b, x) {
      const exps = exp(b, x);
      return div(b, exps, b.apply("expand", [sum(b, exps)], { shape: [2, 3, 4] }));
    },
  },
  { name: "softmax by its logarithm", ops: ["softmax"], build: (b, x) => exp(b, sub(b, x, lse(b, x))) },
  {
    name: "softmax of weighted and hidden elements",
    ops: ["add", "softmax"],
    build(b, x) {
      const weights = b.constant({ dtype: "float", shape: [4], data: Float64Array.of(1, 0, 2, 1) });
      return shares(b, mul(b, exp(b, x), weights));
    },
  },
  { name: "log softmax", ops: ["logSoftmax"], build: (b, x) => log(b, shares(b, exp(b, x))) },
  { name: "x - log Σ e^x", ops: ["logSoftmax"], build: (b, x) => sub(b, x, lse(b, x)) },
  {
    name: "log softmax, the greatest taken off",
    ops: ["logSoftmax"],
    build: (b, x) => sub(b, shifted(b, x, [1]), lse(b, shifted(b, x, [1]), [1])),
  },
  {
    name: "x - (max + log Σ e^(x - max))",
    ops: ["logSoftmax"],
    build: (b, x) => sub(b, x, add(b, max(b, x), lse(b, shifted(b, x)))),
  },
  {
    name: "log of a softmax and a constant",
    ops: ["logSoftmax", "function"],
    build: (b, x) => log(b, add(b, shares(b, exp(b, x)), 1e-9)),
  },
  {
    name: "log of a softmax that is cut off",
    ops: ["logSoftmax", "clamp"],
    build: (b, x) => log(b, clamp(b, shares(b, exp(b, shifted(b, x, [1])), [1]), 1e-7, 1 - 1e-7)),
  },
  {
    name: "log of the greater of a softmax and a constant",
    ops: ["logSoftmax", "clamp"],
    build: (b, x) => log(b, maximum(b, shares(b, exp(b, x)), 1e-10)),
  },
  { name: "log Σ e^x", ops: ["logSumExp"], build: (b, x) => lse(b, x) },
  { name: "log Σ e^x, reduced", ops: ["logSumExp", "reshape"], build: (b, x) => lse(b, x, [1], false) },
  {
    name: "log Σ e^x over two axes",
    ops: ["reshape", "logSumExp", "reshape"],
    build: (b, x) => lse(b, x, [1, 2], false),
  },
  {
    name: "log of a mean of exponentials",
    ops: ["logSumExp", "add"],
    build: (b, x) => log(b, mean(b, exp(b, x))),
  },
  {
    name: "log Σ e^x as PyTorch writes it",
    ops: ["logSumExp", "reshape"],
    build(b, x) {
      const most = max(b, x);
      const infinite = b.apply("equal", [abs(b, most), b.scalar(Infinity)]);
      const safe = where(b, infinite, 0, most);
      const logs = lse(b, sub(b, x, safe), [2], false);
      return add(b, logs, reshape(b, safe, [2, 3]));
    },
  },
  {
    name: "log(e^a + e^b)",
    ops: ["slice", "slice", "reshape", "reshape", "concat", "logSumExp", "reshape"],
    build: (b, x) => {
      const [left, right] = [0, 1].map((i) =>
        b.apply("slice", [x], { start: [i, 0, 0], step: [1, 1, 1], size: [1, 3, 4] }),
      ) as [ValueId, ValueId];
      return log(b, add(b, exp(b, left), exp(b, right)));
    },
  },
];

const meanSquare = (b: GraphBuilder, x: ValueId, axes?: readonly number[]): ValueId =>
  mean(b, square(b, x), axes);
const sumSquare = (b: GraphBuilder, x: ValueId, axes?: readonly number[]): ValueId =>
  sum(b, pow(b, x, 2), axes);
const weight = (b: GraphBuilder): ValueId =>
  b.constant({ dtype: "float", shape: [4], data: Float64Array.of(1, -0.5, 2, 0.3) });

/** Norms of x [2, 3, 4]. */
export const norms: readonly Composite[] = [
  {
    name: "layer norm",
    ops: ["layerNorm"],
    build: (b, x) => div(b, centered(b, x), sqrt(b, add(b, meanSquare(b, centered(b, x)), 1e-5))),
  },
  {
    name: "layer norm by a power of -½",
    ops: ["layerNorm"],
    build: (b, x) => mul(b, pow(b, add(b, meanSquare(b, centered(b, x)), 1e-5), -0.5), centered(b, x)),
  },
  {
    name: "layer norm by a reciprocal, weighted",
    ops: ["layerNorm", "mul"],
    build(b, x) {
      const inverse = div(b, 1, sqrt(b, add(b, meanSquare(b, centered(b, x)), 1e-5)));
      return mul(b, centered(b, x), mul(b, inverse, weight(b)));
    },
  },
  {
    name: "layer norm by torch's var",
    ops: ["layerNorm"],
    build(b, x) {
      const variance = mul(b, sum(b, square(b, centered(b, x))), 1 / 4);
      return div(b, centered(b, x), sqrt(b, add(b, variance, 1e-5)));
    },
  },
  {
    name: "layer norm by an unbiased variance",
    ops: ["layerNorm", "mul"],
    build(b, x) {
      const variance = mul(b, sum(b, square(b, centered(b, x))), 1 / 3);
      return div(b, centered(b, x), sqrt(b, add(b, variance, 1e-5)));
    },
  },
  {
    name: "layer norm by mean x² - (mean x)²",
    ops: ["layerNorm"],
    build(b, x) {
      const variance = sub(b, meanSquare(b, x), square(b, mean(b, x)));
      return div(b, centered(b, x), sqrt(b, add(b, variance, 1e-5)));
    },
  },
  {
    name: "layer norm over the last two axes",
    ops: ["reshape", "layerNorm", "reshape"],
    build(b, x) {
      const inner = centered(b, x, [1, 2]);
      return div(b, inner, sqrt(b, add(b, meanSquare(b, inner, [1, 2]), 1e-5)));
    },
  },
  {
    name: "layer norm over the middle axis",
    ops: ["transpose", "layerNorm", "transpose"],
    build(b, x) {
      const inner = centered(b, x, [1]);
      return div(b, inner, sqrt(b, add(b, meanSquare(b, inner, [1]), 1e-5)));
    },
  },
  {
    name: "x - mean, divided by the deviation and a constant",
    ops: ["mean", "sub", "l2Norm", "mul"],
    build: (b, x) => div(b, centered(b, x), add(b, sqrt(b, meanSquare(b, centered(b, x))), 1e-5)),
  },
  {
    name: "RMS norm",
    ops: ["rmsNorm"],
    build: (b, x) => mul(b, x, pow(b, add(b, meanSquare(b, x), 1e-6), -0.5)),
  },
  {
    name: "RMS norm, weighted before",
    ops: ["rmsNorm", "mul"],
    build: (b, x) => div(b, mul(b, x, weight(b)), sqrt(b, add(b, meanSquare(b, x), 1e-6))),
  },
  {
    name: "RMS norm with a constant beside the root",
    ops: ["l2Norm", "mul"],
    build: (b, x) => div(b, x, add(b, sqrt(b, meanSquare(b, x)), 1e-6)),
  },
  {
    name: "x / √(Σ x² + ε)",
    ops: ["rmsNorm", "mul"],
    build: (b, x) => div(b, x, sqrt(b, add(b, sumSquare(b, x), 1e-6))),
  },
  {
    name: "x · (Σ x² + ε)^-½ over the first axis",
    ops: ["transpose", "rmsNorm", "transpose", "mul"],
    build: (b, x) => mul(b, x, pow(b, add(b, sumSquare(b, x, [0]), 1e-6), -0.5)),
  },
  {
    name: "x / (√Σ x² + ε)",
    ops: ["l2Norm"],
    build: (b, x) => div(b, x, add(b, sqrt(b, sumSquare(b, x)), 1e-6)),
  },
  {
    name: "x / max(√Σ x², ε)",
    ops: ["l2Norm"],
    build: (b, x) => div(b, x, clamp(b, sqrt(b, sumSquare(b, x)), 1e-12)),
  },
  {
    name: "x / max(√Σ x², ε) by a maximum, repeated",
    ops: ["l2Norm"],
    build(b, x) {
      const norm = maximum(b, sqrt(b, sumSquare(b, x)), 1e-6);
      return div(b, x, b.apply("expand", [norm], { shape: [2, 3, 4] }));
    },
  },
  {
    name: "x · max(Σ x², ε)^-½",
    ops: ["l2Norm"],
    build: (b, x) => mul(b, x, pow(b, clamp(b, sumSquare(b, x), 1e-12), -0.5)),
  },
  {
    name: "x / √max(Σ x², ε) by a maximum",
    ops: ["l2Norm"],
    build: (b, x) => div(b, x, sqrt(b, maximum(b, 1e-12, sumSquare(b, x)))),
  },
  {
    name: "x / √Σ |x|², reduced and given its axis again",
    ops: ["l2Norm"],
    build: (b, x) =>
      div(b, x, add(b, reshape(b, sqrt(b, sum(b, square(b, abs(b, x)), [-1], false)), [2, 3, 1]), 1e-6)),
  },
];
