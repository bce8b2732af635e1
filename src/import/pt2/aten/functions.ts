import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { add, clamp, div, mul, not, pow, power, sub, reduce } from "../../compose/arithmetic.js";
import { cast, unsqueeze } from "../../compose/movement.js";
import { logAddExp } from "../../compose/scatter.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

/** Functions of one or two numbers that models need less often, by those of the graph. */

const self = (c: AtenCall): ValueId => c.tensor("self");
const scaled =
  (factor: number): AtenRule =>
  (c) =>
    mul(c.builder, self(c), factor);

/** sqrt(x² + y²) */
function hypotenuse(c: AtenCall, x: ValueId, y: ValueId): ValueId {
  const b = c.builder;
  return pow(b, add(b, mul(b, x, x), mul(b, y, y)), 0.5);
}

/** The angle of (x, y): twice the arc tangent of half of it where x is not negative, mirrored where it is. */
const atan2: AtenRule = (c) => {
  const b = c.builder;
  const [y, x] = [self(c), c.tensor("other")];
  const length = add(b, hypotenuse(c, x, y), b.apply("abs", [x]));
  const angle = mul(b, b.apply("atan", [div(b, y, clamp(b, length, TINY))]), 2);
  const zero = b.scalar(0);
  const turn = b.apply("where", [b.apply("less", [y, zero]), b.scalar(-Math.PI), b.scalar(Math.PI)]);
  return b.apply("where", [b.apply("less", [x, zero]), sub(b, turn, angle), angle]);
};

const TINY = 1e-30;

/** x · log(y), and 0 where x is 0. */
const xlogy =
  (shift: number): AtenRule =>
  (c) => {
    const b = c.builder;
    const [x, other] = [self(c), c.tensor("other")];
    const y = shift === 0 ? other : add(b, other, shift);
    const product = mul(b, x, b.apply("log", [y]));
    const none = b.apply("equal", [x, b.scalar(0, b.typeOf(x).dtype)]);
    return b.apply("where", [none, b.scalar(0), product]);
  };

/** The magnitude of one with the sign of the other; 0 counts as positive. */
const copySign: AtenRule = (c) => {
  const b = c.builder;
  const size = b.apply("abs", [self(c)]);
  return b.apply("where", [b.apply("less", [c.tensor("other"), b.scalar(0)]), mul(b, size, -1), size]);
};

/** 0 below 0, 1 above it, and a value of its own at 0. */
const heaviside: AtenRule = (c) => {
  const b = c.builder;
  const x = self(c);
  const zero = b.scalar(0, b.typeOf(x).dtype);
  const above = cast(b, b.apply("less", [zero, x]), "float");
  return b.apply("where", [b.apply("equal", [x, zero]), c.tensor("values"), above]);
};

const infinite =
  (sign: 1 | -1): AtenRule =>
  (c) =>
    c.builder.apply("isInfinite", [self(c)], { sign });

/** Rounded to decimals: as a whole number of their units. */
const roundTo: AtenRule = (c) => {
  const unit = Number(`1e${c.int("decimals")}`);
  if (!(unit > 0 && unit < Infinity)) throw new OperatorError(`${c.int("decimals")} decimals are too many`);
  return mul(c.builder, c.builder.apply("round", [mul(c.builder, self(c), unit)]), 1 / unit);
};

const logAddExp2: AtenRule = (c) => {
  const b = c.builder;
  const [x, y] = [self(c), c.tensor("other")].map((id) => mul(b, id, Math.LN2));
  return mul(b, logAddExp(b, x, y), Math.LOG2E);
};

/** In evaluation, the slope is the middle of its range. */
const rrelu: AtenRule = (c) => {
  if (c.flag("training"))
    throw new OperatorError("rrelu draws at random: call model.eval() before the export");
  return c.builder.apply("leakyRelu", [self(c)], { slope: (c.number("lower") + c.number("upper")) / 2 });
};

/** How many boundaries lie below each value, or at it and below where `right`. */
function bucket(c: AtenCall, values: ValueId, boundaries: ValueId): ValueId {
  const b = c.builder;
  if (b.shapeOf(boundaries).length !== 1) throw new OperatorError("the boundaries must be one row");
  const x = unsqueeze(b, values, [-1]);
  const below = b.apply(c.flag("right") ? "lessOrEqual" : "less", [boundaries, x]);
  return reduce(b, "sum", cast(b, below, "int"), [-1], false);
}

/** Whether each element is among constant or computed others. */
const isIn: AtenRule = (c) => {
  const b = c.builder;
  const others = b.apply("reshape", [c.tensor("test_elements")], {
    shape: [c.shapeOf("test_elements").reduce((product, n) => product * n, 1)],
  });
  const equal = b.apply("equal", [unsqueeze(b, c.tensor("elements"), [-1]), others]);
  const found = reduce(b, "max", equal, [-1], false);
  return c.flag("invert") ? not(b, found) : found;
};

const exclusive: AtenRule = (c) => {
  const b = c.builder;
  if (b.typeOf(self(c)).dtype !== "bool")
    throw new OperatorError("bitwise operators are supported on masks (bool), not on integers");
  return not(b, b.apply("equal", [self(c), cast(b, c.tensor("other"), "bool")]));
};

const bound =
  (op: "maximum" | "minimum", name: string): AtenRule =>
  (c) =>
    c.builder.apply(op, [self(c), c.tensor(name)]);

export const functionRules: AtenTable = {
  "aten.deg2rad.default": scaled(Math.PI / 180),
  "aten.rad2deg.default": scaled(180 / Math.PI),
  "aten.rsub.Tensor": (c) => {
    const { builder: b } = c;
    const alpha = c.number("alpha");
    return sub(b, c.tensor("other"), alpha === 1 ? self(c) : mul(b, self(c), alpha));
  },
  "aten.float_power.Tensor_Scalar": (c) => pow(c.builder, self(c), c.number("exponent")),
  "aten.float_power.Tensor_Tensor": (c) => power(c.builder, self(c), c.tensor("exponent")),
  "aten.float_power.Scalar": (c) => power(c.builder, c.tensor("self"), c.tensor("exponent")),
  "aten.hypot.default": (c) => hypotenuse(c, self(c), c.tensor("other")),
  "aten.atan2.default": atan2,
  "aten.xlogy.Tensor": xlogy(0),
  "aten.xlogy.Scalar_Other": xlogy(0),
  "aten.special_xlog1py.default": xlogy(1),
  "aten.special_entr.default": (c) =>
    mul(c.builder, mul(c.builder, self(c), c.builder.apply("log", [self(c)])), -1),
  "aten.sinc.default": (c) => c.builder.apply("sinc", [self(c)]),
  "aten.lgamma.default": (c) => c.builder.apply("logGamma", [self(c)]),
  "aten.erfinv.default": (c) => c.builder.apply("erfInverse", [self(c)]),
  "aten.logaddexp2.default": logAddExp2,
  "aten.copysign.Tensor": copySign,
  "aten.copysign.Scalar": copySign,
  "aten.heaviside.default": heaviside,
  "aten.signbit.default": (c) => c.builder.apply("less", [self(c), c.builder.scalar(0)]),
  "aten.isposinf.default": infinite(1),
  "aten.isneginf.default": infinite(-1),
  "aten.round.decimals": roundTo,
  "aten.ldexp.Tensor": (c) =>
    mul(c.builder, self(c), power(c.builder, c.builder.scalar(2), c.tensor("other"))),
  "aten.rrelu.default": rrelu,
  "aten.log_sigmoid_forward.default": (c) => {
    const b = c.builder;
    return mul(b, b.apply("softplus", [mul(b, self(c), -1)], { beta: 1 }), -1);
  },
  "aten.clamp_min.Tensor": bound("maximum", "min"),
  "aten.clamp_max.Tensor": bound("minimum", "max"),
  "aten.bitwise_xor.Tensor": exclusive,
  "aten.bitwise_xor.Scalar": exclusive,
  "aten.bucketize.Tensor": (c) => bucket(c, self(c), c.tensor("boundaries")),
  "aten.searchsorted.Tensor": (c) => bucket(c, self(c), c.tensor("sorted_sequence")),
  "aten.isin.Tensor_Tensor": isIn,
};
