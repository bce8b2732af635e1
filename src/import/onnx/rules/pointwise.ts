import { OperatorError } from "../../../errors/operatorError.js";
import type { ValueId } from "../../../graph/types.js";
import type { Attributes } from "../../../operators/operator.js";
import { dtypeOf } from "../../elements.js";
import {
  add,
  clamp,
  div,
  mul,
  not,
  pow,
  power,
  reduce,
  remainder,
  roundedDiv,
  logSumExp,
  vectorNorm,
  sub,
} from "../../compose/arithmetic.js";
import { batchNorm, groupNorm, layerNorm, perChannel, rmsNorm } from "../../compose/normalization.js";
import {
  axisIn,
  cast,
  concat,
  expand,
  flatten,
  flip,
  reshape,
  sequence,
  slice,
} from "../../compose/movement.js";
import { runningProduct } from "../../compose/running.js";
import type { OnnxCall } from "../call.js";
import { onnxElementType } from "../tensors.js";
import type { OnnxRule, OnnxTable } from "./rule.js";

const unary =
  (op: string, attributes: (c: OnnxCall) => Attributes = () => ({})): OnnxRule =>
  (c) =>
    c.builder.apply(op, [c.input(0)], attributes(c));

const binary =
  (op: string, attributes: (c: OnnxCall) => Attributes = () => ({})): OnnxRule =>
  (c) =>
    c.builder.apply(op, [c.input(0), second(c)], attributes(c));

/** Before operator set 7, an axis said where the second operand's axes stand in the first's. */
function second(c: OnnxCall): ValueId {
  const y = c.input(1);
  if (c.opset >= 7 || !c.hasAttribute("axis")) return y;
  const [rank, own] = [c.shapeOf(0).length, c.shapeOf(1)];
  const after = rank - axisIn(c.int("axis"), rank) - own.length;
  return after > 0 ? reshape(c.builder, y, [...own, ...new Array<number>(after).fill(1)]) : y;
}

const swapped =
  (op: string): OnnxRule =>
  (c) =>
    c.builder.apply(op, [second(c), c.input(0)]);

/** Sum, Max and the like take any number of tensors. */
const variadic =
  (op: string): OnnxRule =>
  (c) =>
    c.inputs().reduce((left, right) => c.builder.apply(op, [left, right]));

/** Division truncates on integers. */
const division: OnnxRule = (c) => {
  const [x, y] = [c.input(0), second(c)];
  const integers = [x, y].every((id) => c.builder.typeOf(id).dtype !== "float");
  return integers ? roundedDiv(c.builder, x, y, "trunc") : div(c.builder, x, y);
};

/** Bounds are attributes up to operator set 10, then inputs that may be absent. */
const clip: OnnxRule = (c) => {
  const bound = (index: number, name: string): number | undefined => {
    if (c.has(index)) return c.constantNumber(index);
    return c.hasAttribute(name) ? c.float(name) : undefined;
  };
  return clamp(c.builder, c.input(0), bound(1, "min"), bound(2, "max"));
};

const prelu: OnnxRule = (c) => {
  const b = c.builder;
  const positive = b.apply("relu", [c.input(0)]);
  // Before operator set 7, the slopes are one per channel.
  const slopes =
    c.opset < 7 && c.shapeOf(1).length === 1 && c.shapeOf(1)[0] > 1
      ? perChannel(b, c.input(0), c.input(1))
      : c.input(1);
  return add(b, positive, mul(b, slopes, sub(b, c.input(0), positive)));
};

/** The reduced axes; absent means all, unless `noop_with_empty_axes` says none. */
function axesOf(c: OnnxCall): number[] | undefined {
  const axes = c.intsFrom(1, "axes");
  if (axes !== undefined && axes.length > 0) return axes;
  return c.int("noop_with_empty_axes", 0) === 1 ? [] : undefined;
}

const keep = (c: OnnxCall): boolean => c.int("keepdims", 1) === 1;

const over =
  (op: "sum" | "mean" | "max" | "min" | "prod"): OnnxRule =>
  (c) =>
    reduce(c.builder, op, c.input(0), axesOf(c), keep(c));

const norm =
  (order: number): OnnxRule =>
  (c) =>
    vectorNorm(c.builder, c.input(0), order, axesOf(c), keep(c));

const sumSquares = (c: OnnxCall): ValueId =>
  reduce(c.builder, "sum", mul(c.builder, c.input(0), c.input(0)), axesOf(c), keep(c));

const arg =
  (sign: 1 | -1): OnnxRule =>
  (c) => {
    const b = c.builder;
    const axis = axisIn(c.int("axis", 0), c.shapeOf(0).length);
    const last = c.int("select_last_index", 0) === 1;
    const ordered = last ? flip(b, c.input(0), [axis]) : c.input(0);
    const x = sign === 1 ? ordered : mul(b, ordered, -1);
    const place = b.apply("argMax", [x], { axis, keepDims: keep(c) });
    return last ? b.apply("sub", [b.scalar(c.shapeOf(0)[axis] - 1, "int"), place]) : place;
  };

/** Before operator set 13, softmax ran over all axes from `axis` on, taken as one. */
const softmax =
  (op: "softmax" | "logSoftmax"): OnnxRule =>
  (c) => {
    const b = c.builder;
    const shape = c.shapeOf(0);
    if (c.opset >= 13) return b.apply(op, [c.input(0)], { axis: c.int("axis", -1) });
    const axis = c.int("axis", 1);
    const first = axis < 0 ? axis + shape.length : axis;
    const flat = flatten(b, c.input(0), first, shape.length - 1);
    return reshape(b, b.apply(op, [flat], { axis: first }), shape);
  };

const batchNormRule: OnnxRule = (c) => {
  if (c.int("spatial", 1) === 0)
    throw new OperatorError("batch norm with statistics for each element (spatial=0) is not supported");
  if (c.int("training_mode", 0) === 1 || (c.opset < 7 && c.int("is_test", 0) === 0)) {
    throw new OperatorError("batch norm is in training mode: call model.eval() before the export");
  }
  return batchNorm(
    c.builder,
    c.input(0),
    [c.input(1), c.input(2), c.input(3), c.input(4)],
    c.float("epsilon", 1e-5),
  );
};

/** Group norm's parameters, one per channel; before operator set 21 the file has one per group. */
function perGroup(c: OnnxCall, values: ValueId, groups: number): ValueId {
  const channels = c.shapeOf(0)[1] ?? 1;
  if (c.opset >= 21 || groups <= 0 || channels % groups !== 0) return values;
  const b = c.builder;
  return reshape(b, expand(b, reshape(b, values, [groups, 1]), [groups, channels / groups]), [channels]);
}

const dims = (c: OnnxCall): number => {
  const axis = c.int("axis", -1);
  return axis < 0 ? -axis : c.shapeOf(0).length - axis;
};

const topK: OnnxRule = (c) => {
  const b = c.builder;
  const attributes = { axis: c.int("axis", -1), k: c.has(1) ? c.constantNumber(1) : c.int("k") };
  if (c.int("largest", 1) === 1) return b.applyAll("topK", [c.input(0)], attributes);
  const [values, indices] = b.applyAll("topK", [mul(b, c.input(0), -1)], attributes);
  return [mul(b, values, -1), indices];
};

/** Running products, as CumSum takes its options. */
const cumProd: OnnxRule = (c) => {
  const b = c.builder;
  const shape = c.shapeOf(0);
  const axis = axisIn(c.constantNumber(1), shape.length);
  const turn = (x: ValueId) => (c.int("reverse", 0) === 1 ? flip(b, x, [axis]) : x);
  let x = turn(c.input(0));
  if (c.int("exclusive", 0) === 1) {
    const one = expand(
      b,
      b.scalar(1, b.typeOf(x).dtype),
      shape.map((size, a) => (a === axis ? 1 : size)),
    );
    x = concat(b, [one, slice(b, x, axis, 0, -1)], axis);
  }
  return turn(runningProduct(b, x, axis));
};

/** Rows of norm 1; of a row of zeros nothing changes. */
const lpNormalization: OnnxRule = (c) => {
  const norm = vectorNorm(c.builder, c.input(0), c.int("p", 2), [c.int("axis", -1)], true);
  return div(c.builder, c.input(0), clamp(c.builder, norm, SMALLEST_NORM));
};

const SMALLEST_NORM = 1e-12;

const swish = (c: OnnxCall): ValueId => {
  const [b, alpha] = [c.builder, c.float("alpha", 1)];
  if (alpha === 1) return b.apply("silu", [c.input(0)]);
  return mul(b, c.input(0), b.apply("sigmoid", [mul(b, c.input(0), alpha)]));
};

const cumSum: OnnxRule = (c) => {
  const b = c.builder;
  const axis = axisIn(c.constantNumber(1), c.shapeOf(0).length);
  const turn = (x: ValueId) => (c.int("reverse", 0) === 1 ? flip(b, x, [axis]) : x);
  const sums = turn(b.apply("cumSum", [turn(c.input(0))], { axis }));
  return c.int("exclusive", 0) === 1 ? sub(b, sums, c.input(0)) : sums;
};

/** 1 at the greatest element along an axis, the first of several; before operator set 13 as softmax. */
const hardmax: OnnxRule = (c) => {
  const b = c.builder;
  const shape = c.shapeOf(0);
  const axis = axisIn(c.int("axis", c.opset >= 13 ? -1 : 1), shape.length);
  const x = c.opset >= 13 ? c.input(0) : flatten(b, c.input(0), axis, shape.length - 1);
  const size = b.shapeOf(x)[axis];
  const place = b.apply("argMax", [x], { axis, keepDims: true });
  const after = new Array<number>(b.shapeOf(x).length - 1 - axis).fill(1);
  const hit = b.apply("equal", [
    place,
    b.ints(
      sequence(size, (i) => i),
      [size, ...after],
    ),
  ]);
  return reshape(b, cast(b, hit, b.typeOf(x).dtype), shape);
};

/** Each channel with mean 0 and variance 1, over the whole batch unless the axes say otherwise. */
const meanVarianceNorm: OnnxRule = (c) => {
  const b = c.builder;
  const axes = c.ints("axes", [0, 2, 3]);
  const centered = sub(b, c.input(0), reduce(b, "mean", c.input(0), axes, true));
  const variance = reduce(b, "mean", mul(b, centered, centered), axes, true);
  return div(b, centered, add(b, pow(b, variance, 0.5), 1e-9));
};

/** The first is plain, then mean and 1 / deviation of each row, for those that ask. */
const layerNormRule: OnnxRule = (c) => {
  const b = c.builder;
  const [x, axes] = [c.input(0), sequence(dims(c), (i) => i - dims(c))];
  const epsilon = c.float("epsilon", 1e-5);
  const result = layerNorm(b, x, dims(c), c.optional(1), c.optional(2), epsilon);
  if (c.node.output.slice(1).every((name) => name === "")) return result;
  const mean = reduce(b, "mean", x, axes, true);
  const centered = sub(b, x, mean);
  const variance = reduce(b, "mean", mul(b, centered, centered), axes, true);
  return [result, mean, pow(b, add(b, variance, epsilon), -0.5)];
};

/** Numbers keep their values, so that types of few bits, which would round or cut them, are refused. */
function castTo(c: OnnxCall, to: number | undefined): ValueId {
  if (to === undefined) return cast(c.builder, c.input(0), c.builder.typeOf(c.input(1)).dtype);
  if (to >= FIRST_NARROW)
    throw new OperatorError("a cast to a type of eight bits or fewer rounds; export the float model");
  return cast(c.builder, c.input(0), dtypeOf(onnxElementType(to)));
}

/** float8e4m3fn, and the types after it. */
const FIRST_NARROW = 17;

export const pointwiseRules: OnnxTable = {
  Relu: unary("relu"),
  LeakyRelu: unary("leakyRelu", (c) => ({ slope: c.float("alpha", 0.01) })),
  PRelu: prelu,
  Elu: unary("elu", (c) => ({ alpha: c.float("alpha", 1), scale: 1, inputScale: 1 })),
  Celu: unary("elu", (c) => ({ alpha: c.float("alpha", 1), scale: 1, inputScale: 1 / c.float("alpha", 1) })),
  Selu: unary("elu", (c) => ({
    alpha: c.float("alpha", 1.6732632423543772),
    scale: c.float("gamma", 1.0507009873554805),
    inputScale: 1,
  })),
  Gelu: unary("gelu", (c) => ({ approximate: c.text("approximate", "none") })),
  Mish: unary("mish"),
  Swish: swish,
  SwiGLU: (c) => mul(c.builder, swish(c), c.input(1)),
  Softplus: unary("softplus", () => ({ beta: 1 })),
  Softsign: unary("softsign"),
  HardSwish: unary("hardSwish"),
  HardSigmoid: unary("hardSigmoid", (c) => ({ slope: c.float("alpha", 0.2), offset: c.float("beta", 0.5) })),
  Sigmoid: unary("sigmoid"),
  Tanh: unary("tanh"),
  Erf: unary("erf"),
  Exp: unary("exp"),
  Log: unary("log"),
  Sin: unary("sin"),
  Cos: unary("cos"),
  Atan: unary("atan"),
  Tan: unary("tan"),
  Asin: unary("asin"),
  Acos: unary("acos"),
  Sinh: unary("sinh"),
  Cosh: unary("cosh"),
  Asinh: unary("asinh"),
  Acosh: unary("acosh"),
  Atanh: unary("atanh"),
  ThresholdedRelu: unary("threshold", (c) => ({ threshold: c.float("alpha", 1), value: 0 })),
  Shrink: unary("shrink", (c) => ({ limit: c.float("lambd", 0.5), bias: c.float("bias", 0) })),
  IsNaN: unary("isNaN"),
  IsInf: unary("isInfinite", (c) => {
    const [positive, negative] = ["detect_positive", "detect_negative"].map((name) => c.int(name, 1) === 1);
    if (!positive && !negative) throw new OperatorError("it asks for neither sign of infinity");
    return { sign: Number(positive) - Number(negative) };
  }),
  Abs: unary("abs"),
  Sign: unary("sign"),
  Floor: unary("floor"),
  Ceil: unary("ceil"),
  Round: unary("round"),
  Neg: (c) => {
    const dtype = c.builder.typeOf(c.input(0)).dtype === "float" ? "float" : "int";
    return c.builder.apply("mul", [c.input(0), c.builder.scalar(-1, dtype)]);
  },
  Sqrt: (c) => pow(c.builder, c.input(0), 0.5),
  Reciprocal: (c) => pow(c.builder, c.input(0), -1),
  Pow: (c) => power(c.builder, c.input(0), second(c)),
  Clip: clip,
  Add: binary("add"),
  Sub: binary("sub"),
  Mul: binary("mul"),
  Div: division,
  Mod: (c) => remainder(c.builder, c.input(0), c.input(1), c.int("fmod", 0) === 1 ? "trunc" : "floor"),
  Sum: variadic("add"),
  Max: variadic("maximum"),
  Min: variadic("minimum"),
  Mean: (c) =>
    mul(
      c.builder,
      c.inputs().reduce((l, r) => add(c.builder, l, r)),
      1 / c.inputs().length,
    ),
  Equal: binary("equal"),
  Less: binary("less"),
  LessOrEqual: binary("lessOrEqual"),
  Greater: swapped("less"),
  GreaterOrEqual: swapped("lessOrEqual"),
  And: binary("minimum"),
  Or: binary("maximum"),
  Xor: (c) => not(c.builder, c.builder.apply("equal", [c.input(0), second(c)])),
  Not: (c) => not(c.builder, c.input(0)),
  Where: (c) => c.builder.apply("where", c.inputs()),
  Cast: (c) => castTo(c, c.int("to")),
  CastLike: (c) => castTo(c, c.elementType(1)),
  ReduceSum: over("sum"),
  ReduceMean: over("mean"),
  ReduceMax: over("max"),
  ReduceMin: over("min"),
  ReduceProd: over("prod"),
  ReduceL1: norm(1),
  ReduceL2: norm(2),
  ReduceSumSquare: sumSquares,
  ReduceLogSum: (c) => c.builder.apply("log", [reduce(c.builder, "sum", c.input(0), axesOf(c), keep(c))]),
  ReduceLogSumExp: (c) => logSumExp(c.builder, c.input(0), axesOf(c), keep(c)),
  ArgMax: arg(1),
  ArgMin: arg(-1),
  TopK: topK,
  Hardmax: hardmax,
  CumSum: cumSum,
  CumProd: cumProd,
  LpNormalization: lpNormalization,
  Softmax: softmax("softmax"),
  LogSoftmax: softmax("logSoftmax"),
  BatchNormalization: batchNormRule,
  LayerNormalization: layerNormRule,
  MeanVarianceNormalization: meanVarianceNorm,
  RMSNormalization: (c) => rmsNorm(c.builder, c.input(0), dims(c), c.optional(1), c.float("epsilon", 1e-5)),
  InstanceNormalization: (c) =>
    groupNorm(c.builder, c.input(0), c.shapeOf(0)[1] ?? 1, c.input(1), c.input(2), c.float("epsilon", 1e-5)),
  GroupNormalization: (c) => {
    const groups = c.int("num_groups");
    const [weight, bias] = [1, 2].map((i) => perGroup(c, c.input(i), groups));
    return groupNorm(c.builder, c.input(0), groups, weight, bias, c.float("epsilon", 1e-5));
  },
};
