import { GraphBuilder } from "../../src/graph/builder.js";
import type { Graph, Shape, ValueId } from "../../src/graph/types.js";

type Build = (b: GraphBuilder, x: ValueId) => ValueId;

/** A function that an exporter wrote out, and the operators that are to be found in it. */
export interface Composite {
  readonly name: string;
  readonly ops: readonly string[];
  readonly shape?: Shape;
  readonly build: Build;
}

/** A graph of one input x; `build` returns what becomes the output y. */
export function graphOf(shape: Shape, build: Build): Graph {
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape });
  return b.finish([{ name: "y", id: build(b, x) }]);
}

const scalar = (b: GraphBuilder, value: ValueId | number): ValueId =>
  typeof value === "number" ? b.scalar(value) : value;
const two =
  (op: string) =>
  (b: GraphBuilder, x: ValueId | number, y: ValueId | number): ValueId =>
    b.apply(op, [scalar(b, x), scalar(b, y)]);
export const [add, sub, mul, div, less, maximum] = ["add", "sub", "mul", "div", "less", "maximum"].map(two);
const minimum = two("minimum");
export const one =
  (op: string) =>
  (b: GraphBuilder, x: ValueId): ValueId =>
    b.apply(op, [x]);
export const [exp, log, tanh, erf, abs, relu, sigmoid] = "exp log tanh erf abs relu sigmoid"
  .split(" ")
  .map(one);
export const pow = (b: GraphBuilder, x: ValueId, exponent: number): ValueId =>
  b.apply("pow", [x], { exponent });
const sqrt = (b: GraphBuilder, x: ValueId): ValueId => pow(b, x, 0.5);
const where = (b: GraphBuilder, condition: ValueId, yes: ValueId | number, no: ValueId | number): ValueId =>
  b.apply("where", [condition, scalar(b, yes), scalar(b, no)]);
export const over =
  (op: string) =>
  (b: GraphBuilder, x: ValueId, axes: readonly number[] = [-1], keepDims = true): ValueId =>
    b.apply(op, [x], { axes, keepDims });
export const [sum, mean, max] = ["sum", "mean", "max"].map(over);
const clamp = (b: GraphBuilder, x: ValueId, min: number, most = Infinity): ValueId =>
  b.apply("clamp", [x], { min, max: most });
const reshape = (b: GraphBuilder, x: ValueId, shape: Shape): ValueId => b.apply("reshape", [x], { shape });
const square = (b: GraphBuilder, x: ValueId): ValueId => mul(b, x, x);
const softplus = (b: GraphBuilder, x: ValueId): ValueId => log(b, add(b, 1, exp(b, x)));
const centred = (b: GraphBuilder, x: ValueId, axes?: readonly number[]): ValueId =>
  sub(b, x, mean(b, x, axes));

/** Functions of one number. */
export const functions: readonly Composite[] = [
  { name: "softplus, log(1 + e^x)", ops: ["softplus"], build: softplus },
  {
    name: "softplus with a threshold",
    ops: ["softplus"],
    build: (b, x) => where(b, less(b, 20, x), x, softplus(b, x)),
  },
  {
    name: "softplus with beta and a threshold",
    ops: ["softplus"],
    build: (b, x) => where(b, less(b, 20, mul(b, x, 2)), x, div(b, softplus(b, mul(b, x, 2)), 2)),
  },
  {
    name: "softplus with a low threshold",
    ops: ["function"],
    build: (b, x) => where(b, less(b, 2, x), x, softplus(b, x)),
  },
  {
    name: "softplus, max(x, 0) + log(1 + e^-|x|)",
    ops: ["softplus"],
    build: (b, x) => add(b, relu(b, x), softplus(b, mul(b, abs(b, x), -1))),
  },
  {
    name: "softplus, max(x, 0) by a maximum",
    ops: ["softplus"],
    build: (b, x) => add(b, maximum(b, x, 0), softplus(b, mul(b, -1, abs(b, x)))),
  },
  {
    name: "softplus, x - log sigmoid(x)",
    ops: ["softplus"],
    build: (b, x) => sub(b, x, log(b, sigmoid(b, x))),
  },
  {
    name: "log sigmoid, which is softplus turned",
    ops: ["softplus"],
    build: (b, x) => log(b, sigmoid(b, x)),
  },
  { name: "silu", ops: ["silu"], build: (b, x) => mul(b, sigmoid(b, x), x) },
  {
    name: "silu, x / (1 + e^-x)",
    ops: ["silu"],
    build: (b, x) => div(b, x, add(b, 1, exp(b, mul(b, x, -1)))),
  },
  {
    name: "sigmoid, 1 / (1 + e^-x)",
    ops: ["sigmoid"],
    build: (b, x) => div(b, 1, add(b, exp(b, mul(b, x, -1)), 1)),
  },
  {
    name: "sigmoid, e^x / (1 + e^x)",
    ops: ["sigmoid"],
    build: (b, x) => div(b, exp(b, x), add(b, exp(b, x), 1)),
  },
  {
    name: "tanh by exponentials",
    ops: ["tanh"],
    build(b, x) {
      const [up, down] = [exp(b, x), exp(b, mul(b, x, -1))];
      return div(b, sub(b, up, down), add(b, up, down));
    },
  },
  { name: "mish", ops: ["mish"], build: (b, x) => mul(b, x, tanh(b, softplus(b, x))) },
  {
    name: "mish of an operator",
    ops: ["mish"],
    build: (b, x) => mul(b, x, tanh(b, b.apply("softplus", [x], { beta: 1 }))),
  },
  {
    name: "mish with a threshold",
    ops: ["mish"],
    build: (b, x) => mul(b, x, tanh(b, where(b, less(b, 20, x), x, softplus(b, x)))),
  },
  {
    name: "gelu by erf",
    ops: ["gelu"],
    build: (b, x) => mul(b, mul(b, x, add(b, erf(b, div(b, x, Math.SQRT2)), 1)), 0.5),
  },
  {
    name: "gelu by erf in float32, half first",
    ops: ["gelu"],
    build: (b, x) => mul(b, mul(b, x, 0.5), add(b, erf(b, mul(b, x, Math.fround(Math.SQRT1_2))), 1)),
  },
  {
    name: "gelu by tanh",
    ops: ["gelu"],
    build(b, x) {
      const cubic = add(b, x, mul(b, pow(b, x, 3), 0.044715));
      return mul(b, mul(b, x, 0.5), add(b, tanh(b, mul(b, cubic, Math.sqrt(2 / Math.PI))), 1));
    },
  },
  { name: "gelu by sigmoid", ops: ["function"], build: (b, x) => mul(b, x, sigmoid(b, mul(b, x, 1.702))) },
  {
    name: "hard-swish",
    ops: ["hardSwish"],
    build: (b, x) => div(b, mul(b, x, clamp(b, add(b, x, 3), 0, 6)), 6),
  },
  {
    name: "hard-swish by hard-sigmoid",
    ops: ["hardSwish"],
    build: (b, x) => mul(b, x, clamp(b, add(b, mul(b, x, 1 / 6), 0.5), 0, 1)),
  },
  {
    name: "hard-swish by minimum and maximum",
    ops: ["hardSwish"],
    build: (b, x) => mul(b, div(b, x, 6), minimum(b, maximum(b, add(b, x, 3), 0), 6)),
  },
  { name: "softsign", ops: ["softsign"], build: (b, x) => div(b, x, add(b, abs(b, x), 1)) },
  { name: "leaky relu", ops: ["leakyRelu"], build: (b, x) => where(b, less(b, 0, x), x, mul(b, x, 0.1)) },
  { name: "leaky relu by a maximum", ops: ["leakyRelu"], build: (b, x) => maximum(b, x, mul(b, x, 0.1)) },
  { name: "relu by a choice", ops: ["relu"], build: (b, x) => where(b, less(b, 0, x), x, 0) },
  { name: "relu by |x|", ops: ["relu"], build: (b, x) => div(b, add(b, x, abs(b, x)), 2) },
  { name: "saturation by choices", ops: ["clamp"], build: (b, x) => minimum(b, maximum(b, x, -1), 1) },
  {
    name: "elu",
    ops: ["function"],
    build: (b, x) => where(b, less(b, 0, x), mul(b, x, 1.5), mul(b, sub(b, exp(b, mul(b, x, 0.5)), 1), 2)),
  },
  {
    name: "log(e^x + e^-x)",
    ops: ["function"],
    build: (b, x) => log(b, add(b, exp(b, x), exp(b, mul(b, x, -1)))),
  },
  { name: "e^-x²", ops: ["function"], build: (b, x) => exp(b, mul(b, square(b, x), -1)) },
  { name: "log(1 + |x|)", ops: ["function"], build: (b, x) => log(b, add(b, abs(b, x), 1)) },
  { name: "x - tanh x", ops: ["function"], build: (b, x) => sub(b, x, tanh(b, x)) },
  { name: "1 / √(1 + x²)", ops: ["function"], build: (b, x) => div(b, 1, sqrt(b, add(b, square(b, x), 1))) },
  { name: "sin x · cos x", ops: ["function"], build: (b, x) => mul(b, one("sin")(b, x), one("cos")(b, x)) },
];

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
    build: (b, x) => div(b, centred(b, x), sqrt(b, add(b, meanSquare(b, centred(b, x)), 1e-5))),
  },
  {
    name: "layer norm by a power of -½",
    ops: ["layerNorm"],
    build: (b, x) => mul(b, pow(b, add(b, meanSquare(b, centred(b, x)), 1e-5), -0.5), centred(b, x)),
  },
  {
    name: "layer norm by a reciprocal, weighted",
    ops: ["layerNorm", "mul"],
    build(b, x) {
      const inverse = div(b, 1, sqrt(b, add(b, meanSquare(b, centred(b, x)), 1e-5)));
      return mul(b, centred(b, x), mul(b, inverse, weight(b)));
    },
  },
  {
    name: "layer norm by torch's var",
    ops: ["layerNorm"],
    build(b, x) {
      const variance = mul(b, sum(b, square(b, centred(b, x))), 1 / 4);
      return div(b, centred(b, x), sqrt(b, add(b, variance, 1e-5)));
    },
  },
  {
    name: "layer norm by an unbiased variance",
    ops: ["layerNorm", "mul"],
    build(b, x) {
      const variance = mul(b, sum(b, square(b, centred(b, x))), 1 / 3);
      return div(b, centred(b, x), sqrt(b, add(b, variance, 1e-5)));
    },
  },
  {
    name: "layer norm by mean x² - (mean x)²",
    ops: ["layerNorm"],
    build(b, x) {
      const variance = sub(b, meanSquare(b, x), square(b, mean(b, x)));
      return div(b, centred(b, x), sqrt(b, add(b, variance, 1e-5)));
    },
  },
  {
    name: "layer norm over the last two axes",
    ops: ["reshape", "layerNorm", "reshape"],
    build(b, x) {
      const inner = centred(b, x, [1, 2]);
      return div(b, inner, sqrt(b, add(b, meanSquare(b, inner, [1, 2]), 1e-5)));
    },
  },
  {
    name: "layer norm over the middle axis",
    ops: ["transpose", "layerNorm", "transpose"],
    build(b, x) {
      const inner = centred(b, x, [1]);
      return div(b, inner, sqrt(b, add(b, meanSquare(b, inner, [1]), 1e-5)));
    },
  },
  {
    name: "x - mean, divided by the deviation and a constant",
    ops: ["mean", "sub", "l2Norm", "mul"],
    build: (b, x) => div(b, centred(b, x), add(b, sqrt(b, meanSquare(b, centred(b, x))), 1e-5)),
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
