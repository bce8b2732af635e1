import { OperatorError } from "../../../errors/operatorError.js";
import type { ValueId } from "../../../graph/types.js";
import type { Attributes } from "../../../operators/operator.js";
import {
  add,
  clamp,
  div,
  mul,
  not,
  pow,
  power,
  remainder,
  roundedDiv,
  sub,
  exponential,
  type Rounding,
} from "../../compose/arithmetic.js";
import { cast, split } from "../../compose/movement.js";
import { logAddExp } from "../../compose/scatter.js";
import { perChannel } from "../../compose/normalization.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

/** An operator of the graph on "self", with attributes from the call. */
const unary =
  (op: string, attributes: (c: AtenCall) => Attributes = () => ({})): AtenRule =>
  (c) =>
    c.builder.apply(op, [c.tensor("self")], attributes(c));

const binary =
  (op: string, attributes: (c: AtenCall) => Attributes = () => ({})): AtenRule =>
  (c) =>
    c.builder.apply(op, [c.tensor("self"), c.tensor("other")], attributes(c));

/** a > b is b < a. */
const swapped =
  (op: string): AtenRule =>
  (c) =>
    c.builder.apply(op, [c.tensor("other"), c.tensor("self")]);

/** self + alpha · other, or minus. */
const sum =
  (combine: typeof add): AtenRule =>
  (c) => {
    const alpha = c.number("alpha");
    const other = c.tensor("other");
    const scaled =
      alpha === 1
        ? other
        : c.builder.apply("mul", [other, c.builder.scalar(alpha, c.builder.typeOf(other).dtype)]);
    return combine(c.builder, c.tensor("self"), scaled);
  };

/** div with a rounding mode, which may be None. */
const rounded: AtenRule = (c) => {
  const [x, y] = [c.tensor("self"), c.tensor("other")];
  if (!c.has("rounding_mode")) return div(c.builder, x, y);
  const mode = c.text("rounding_mode");
  if (mode !== "floor" && mode !== "trunc") throw new OperatorError(`there is no rounding mode "${mode}"`);
  return roundedDiv(c.builder, x, y, mode);
};

const rest =
  (rounding: Rounding): AtenRule =>
  (c) =>
    remainder(c.builder, c.tensor("self"), c.tensor("other"), rounding);

const clampRule: AtenRule = (c) =>
  clamp(
    c.builder,
    c.tensor("self"),
    c.has("min") ? c.number("min") : undefined,
    c.has("max") ? c.number("max") : undefined,
  );

const elu: AtenRule = (c) =>
  c.builder.apply("elu", [c.tensor("self")], {
    alpha: c.number("alpha"),
    scale: c.number("scale"),
    inputScale: c.number("input_scale"),
  });

/** relu(x) + slope · (x - relu(x)): a slope of its own a channel. */
const prelu: AtenRule = (c) => {
  const b = c.builder;
  const x = c.tensor("self");
  const positive = b.apply("relu", [x]);
  const slope =
    b.shapeOf(c.tensor("weight"))[0] === 1 ? c.tensor("weight") : perChannel(b, x, c.tensor("weight"));
  return add(b, positive, mul(b, slope, sub(b, x, positive)));
};

/** The first half along an axis times the sigmoid of the second. */
const glu: AtenRule = (c) => {
  const b = c.builder;
  const axis = c.axis("dim", c.shapeOf("self"));
  const half = c.shapeOf("self")[axis] / 2;
  const [value, gate] = split(b, c.tensor("self"), axis, [half, half]);
  return mul(b, value, b.apply("sigmoid", [gate]));
};

/** From a threshold of 20 on, softplus and its argument are the same to within 2e-9. */
const softplus: AtenRule = (c) => {
  const [beta, threshold] = [c.number("beta"), c.number("threshold")];
  return threshold >= 20
    ? c.builder.apply("softplus", [c.tensor("self")], { beta })
    : c.builder.apply("softplusUpTo", [c.tensor("self")], { beta, threshold });
};

const where: AtenRule = (c) =>
  c.builder.apply("where", [c.tensor("condition"), c.tensor("self"), c.tensor("other")]);

const maskedFill: AtenRule = (c) => {
  const b = c.builder;
  const x = c.tensor("self");
  return b.apply("where", [c.tensor("mask"), cast(b, c.tensor("value"), b.typeOf(x).dtype), x]);
};

const both: AtenRule = (c) => logic(c, "minimum");
const either: AtenRule = (c) => logic(c, "maximum");

function logic(c: AtenCall, op: string): ValueId {
  const operands = ["self", "other"].map((name) => cast(c.builder, c.tensor(name), "bool"));
  return c.builder.apply(op, operands);
}

/** Bitwise operators are taken on masks only. */
const onMasks =
  (rule: AtenRule): AtenRule =>
  (c) => {
    if (c.builder.typeOf(c.tensor("self")).dtype !== "bool") {
      throw new OperatorError("bitwise operators are supported on masks (bool), not on integers");
    }
    return rule(c);
  };

const addProductOf =
  (combine: typeof mul): AtenRule =>
  (c) => {
    const b = c.builder;
    const product = combine(b, c.tensor("tensor1"), c.tensor("tensor2"));
    return add(b, c.tensor("self"), c.number("value") === 1 ? product : mul(b, product, c.number("value")));
  };

/** self + weight · (end - self) */
const lerp: AtenRule = (c) => {
  const b = c.builder;
  return add(b, c.tensor("self"), mul(b, c.tensor("weight"), sub(b, c.tensor("end"), c.tensor("self"))));
};

/** Each entry under several overloads of one name. */
function overloads(name: string, suffixes: readonly string[], rule: AtenRule): AtenTable {
  return Object.fromEntries(suffixes.map((suffix) => [`aten.${name}.${suffix}`, rule]));
}

const both2 = ["Tensor", "Scalar"] as const;

/** float32's greatest number. */
const FLOAT32_MOST = (2 - 2 ** -23) * 2 ** 127;

export const pointwiseRules: AtenTable = {
  "aten.relu.default": unary("relu"),
  "aten.relu6.default": (c) => clamp(c.builder, c.tensor("self"), 0, 6),
  "aten.leaky_relu.default": unary("leakyRelu", (c) => ({ slope: c.number("negative_slope") })),
  "aten.prelu.default": prelu,
  "aten._prelu_kernel.default": (c) => {
    const b = c.builder;
    const positive = b.apply("relu", [c.tensor("self")]);
    return add(b, positive, mul(b, c.tensor("weight"), sub(b, c.tensor("self"), positive)));
  },
  "aten.elu.default": elu,
  "aten.selu.default": unary("elu", () => ({
    alpha: 1.6732632423543772,
    scale: 1.0507009873554805,
    inputScale: 1,
  })),
  "aten.celu.default": unary("elu", (c) => ({
    alpha: c.number("alpha"),
    scale: 1,
    inputScale: 1 / c.number("alpha"),
  })),
  "aten.gelu.default": unary("gelu", (c) => ({ approximate: c.text("approximate") })),
  "aten.silu.default": unary("silu"),
  "aten.mish.default": unary("mish"),
  "aten.softplus.default": softplus,
  "aten.log_sigmoid.default": (c) => {
    const b = c.builder;
    return mul(b, b.apply("softplus", [mul(b, c.tensor("self"), -1)], { beta: 1 }), -1);
  },
  "aten.glu.default": glu,
  "aten.hardswish.default": unary("hardSwish"),
  "aten.hardsigmoid.default": unary("hardSigmoid", () => ({ slope: 1 / 6, offset: 0.5 })),
  "aten.hardtanh.default": (c) =>
    clamp(c.builder, c.tensor("self"), c.number("min_val"), c.number("max_val")),
  "aten.sigmoid.default": unary("sigmoid"),
  "aten.tanh.default": unary("tanh"),
  "aten.erf.default": unary("erf"),
  "aten.exp.default": unary("exp"),
  "aten.expm1.default": (c) => sub(c.builder, c.builder.apply("exp", [c.tensor("self")]), 1),
  "aten.exp2.default": (c) => exponential(c.builder, 2, c.tensor("self")),
  "aten.log.default": unary("log"),
  "aten.log1p.default": (c) => c.builder.apply("log", [add(c.builder, c.tensor("self"), 1)]),
  "aten.log2.default": (c) => mul(c.builder, c.builder.apply("log", [c.tensor("self")]), Math.LOG2E),
  "aten.sin.default": unary("sin"),
  "aten.cos.default": unary("cos"),
  "aten.atan.default": unary("atan"),
  ...Object.fromEntries(
    ["tan", "asin", "acos", "sinh", "cosh", "asinh", "acosh", "atanh"].map((name) => [
      `aten.${name}.default`,
      unary(name),
    ]),
  ),
  ...Object.fromEntries(
    ["asin", "acos", "atan", "asinh", "acosh", "atanh"].map((name) => [
      `aten.${name.replace("a", "arc")}.default`,
      unary(name),
    ]),
  ),
  "aten.log10.default": (c) => mul(c.builder, c.builder.apply("log", [c.tensor("self")]), Math.LOG10E),
  "aten.erfc.default": (c) => sub(c.builder, 1, c.builder.apply("erf", [c.tensor("self")])),
  "aten.special_erfc.default": (c) => sub(c.builder, 1, c.builder.apply("erf", [c.tensor("self")])),
  "aten.logit.default": (c) => {
    const epsilon = c.has("eps") ? c.number("eps") : undefined;
    const x = c.tensor("self");
    const inside = epsilon === undefined ? x : clamp(c.builder, x, epsilon, 1 - epsilon);
    return c.builder.apply("logit", [inside]);
  },
  "aten.frac.default": (c) => sub(c.builder, c.tensor("self"), c.builder.apply("trunc", [c.tensor("self")])),
  "aten.sgn.default": unary("sign"),
  "aten.threshold.default": unary("threshold", (c) => ({
    threshold: c.number("threshold"),
    value: c.number("value"),
  })),
  "aten.hardshrink.default": unary("shrink", (c) => ({ limit: c.number("lambd"), bias: 0 })),
  "aten.softshrink.default": unary("shrink", (c) => ({ limit: c.number("lambd"), bias: c.number("lambd") })),
  "aten.isnan.default": unary("isNaN"),
  "aten.isinf.default": unary("isInfinite", () => ({ sign: 0 })),
  "aten.isfinite.default": (c) => {
    const [nan, infinite] = [
      c.builder.apply("isNaN", [c.tensor("self")]),
      c.builder.apply("isInfinite", [c.tensor("self")], { sign: 0 }),
    ];
    return not(c.builder, c.builder.apply("maximum", [nan, infinite]));
  },
  "aten.nan_to_num.default": unary("finite", (c) => ({
    nan: c.has("nan") ? c.number("nan") : 0,
    hi: c.has("posinf") ? c.number("posinf") : FLOAT32_MOST,
    lo: c.has("neginf") ? c.number("neginf") : -FLOAT32_MOST,
  })),
  "aten.fmax.default": binary("maximum"),
  "aten.fmin.default": binary("minimum"),
  "aten.logaddexp.default": (c) => logAddExp(c.builder, c.tensor("self"), c.tensor("other")),
  "aten.abs.default": unary("abs"),
  "aten.sign.default": unary("sign"),
  "aten.floor.default": unary("floor"),
  "aten.ceil.default": unary("ceil"),
  "aten.round.default": unary("round"),
  "aten.trunc.default": unary("trunc"),
  "aten.fix.default": unary("trunc"),
  "aten.neg.default": (c) => {
    const b = c.builder;
    return b.apply("mul", [
      c.tensor("self"),
      b.scalar(-1, b.typeOf(c.tensor("self")).dtype === "float" ? "float" : "int"),
    ]);
  },
  "aten.sqrt.default": (c) => pow(c.builder, c.tensor("self"), 0.5),
  "aten.rsqrt.default": (c) => pow(c.builder, c.tensor("self"), -0.5),
  "aten.reciprocal.default": (c) => pow(c.builder, c.tensor("self"), -1),
  "aten.square.default": (c) => pow(c.builder, c.tensor("self"), 2),
  "aten.pow.Tensor_Scalar": (c) => pow(c.builder, c.tensor("self"), c.number("exponent")),
  "aten.pow.Scalar": (c) => exponential(c.builder, c.number("self"), c.tensor("exponent")),
  "aten.pow.Tensor_Tensor": (c) => power(c.builder, c.tensor("self"), c.tensor("exponent")),
  ...overloads("add", both2, sum(add)),
  ...overloads("sub", both2, sum(sub)),
  "aten.rsub.Scalar": (c) => sub(c.builder, c.tensor("other"), c.tensor("self")),
  ...overloads("mul", both2, binary("mul")),
  ...overloads("multiply", both2, binary("mul")),
  ...overloads("div", both2, (c) => div(c.builder, c.tensor("self"), c.tensor("other"))),
  ...overloads("divide", both2, (c) => div(c.builder, c.tensor("self"), c.tensor("other"))),
  ...overloads("true_divide", both2, (c) => div(c.builder, c.tensor("self"), c.tensor("other"))),
  ...overloads("div", ["Tensor_mode", "Scalar_mode"], rounded),
  ...overloads("floor_divide", ["default", "Scalar"], (c) =>
    roundedDiv(c.builder, c.tensor("self"), c.tensor("other"), "floor"),
  ),
  ...overloads("remainder", both2, rest("floor")),
  ...overloads("fmod", both2, rest("trunc")),
  "aten.addcmul.default": addProductOf(mul),
  "aten.addcdiv.default": addProductOf(div),
  "aten.lerp.Scalar": lerp,
  "aten.lerp.Tensor": lerp,
  "aten.maximum.default": binary("maximum"),
  "aten.minimum.default": binary("minimum"),
  "aten.max.other": binary("maximum"),
  "aten.min.other": binary("minimum"),
  "aten.clamp.default": clampRule,
  "aten.clamp_min.default": clampRule,
  "aten.clamp_max.default": clampRule,
  "aten.clamp.Tensor": (c) => {
    const b = c.builder;
    const [min, max] = [c.optionalTensor("min"), c.optionalTensor("max")];
    const low = min === undefined ? c.tensor("self") : b.apply("maximum", [c.tensor("self"), min]);
    return max === undefined ? low : b.apply("minimum", [low, max]);
  },
  ...overloads("eq", both2, binary("equal")),
  ...overloads("ne", both2, (c) =>
    not(c.builder, c.builder.apply("equal", [c.tensor("self"), c.tensor("other")])),
  ),
  ...overloads("lt", both2, binary("less")),
  ...overloads("le", both2, binary("lessOrEqual")),
  ...overloads("gt", both2, swapped("less")),
  ...overloads("ge", both2, swapped("lessOrEqual")),
  "aten.logical_and.default": both,
  "aten.logical_or.default": either,
  "aten.logical_xor.default": (c) => not(c.builder, logicEqual(c)),
  "aten.logical_not.default": (c) => not(c.builder, cast(c.builder, c.tensor("self"), "bool")),
  ...overloads("bitwise_and", both2, onMasks(both)),
  ...overloads("__and__", both2, onMasks(both)),
  ...overloads("bitwise_or", both2, onMasks(either)),
  ...overloads("__or__", both2, onMasks(either)),
  "aten.bitwise_not.default": onMasks((c) => not(c.builder, c.tensor("self"))),
  "aten.where.self": where,
  "aten.where.ScalarOther": where,
  "aten.where.ScalarSelf": where,
  "aten.where.Scalar": where,
  "aten.masked_fill.Scalar": maskedFill,
  "aten.masked_fill.Tensor": maskedFill,
};

function logicEqual(c: AtenCall): ValueId {
  const operands = ["self", "other"].map((name) => cast(c.builder, c.tensor(name), "bool"));
  return c.builder.apply("equal", operands);
}
