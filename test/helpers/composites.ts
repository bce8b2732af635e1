import { GraphBuilder } from "../../src/graph/builder.js";
import type { Graph, ValueId } from "../../src/graph/types.js";
import type { Shape } from "../../src/tensor/types.js";

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
export const sqrt = (b: GraphBuilder, x: ValueId): ValueId => pow(b, x, 0.5);
export const where = (
  b: GraphBuilder,
  condition: ValueId,
  yes: ValueId | number,
  no: ValueId | number,
): ValueId => b.apply("where", [condition, scalar(b, yes), scalar(b, no)]);
export const over =
  (op: string) =>
  (b: GraphBuilder, x: ValueId, axes: readonly number[] = [-1], keepDims = true): ValueId =>
    b.apply(op, [x], { axes, keepDims });
export const [sum, mean, max] = ["sum", "mean", "max"].map(over);
export const clamp = (b: GraphBuilder, x: ValueId, min: number, most = Infinity): ValueId =>
  b.apply("clamp", [x], { min, max: most });
export const reshape = (b: GraphBuilder, x: ValueId, shape: Shape): ValueId =>
  b.apply("reshape", [x], { shape });
export const square = (b: GraphBuilder, x: ValueId): ValueId => mul(b, x, x);
const softplus = (b: GraphBuilder, x: ValueId): ValueId => log(b, add(b, 1, exp(b, x)));
export const centered = (b: GraphBuilder, x: ValueId, axes?: readonly number[]): ValueId =>
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
  {
    name: "relu by x >= 0",
    ops: ["relu"],
    build: (b, x) => where(b, b.apply("equal", [less(b, x, 0), b.scalar(0, "bool")]), x, 0),
  },
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
  { name: "e^x - 1", ops: ["function"], build: (b, x) => sub(b, exp(b, x), 1) },
  { name: "x - tanh x", ops: ["function"], build: (b, x) => sub(b, x, tanh(b, x)) },
  { name: "1 / √(1 + x²)", ops: ["function"], build: (b, x) => div(b, 1, sqrt(b, add(b, square(b, x), 1))) },
  { name: "sin x · cos x", ops: ["function"], build: (b, x) => mul(b, one("sin")(b, x), one("cos")(b, x)) },
];
