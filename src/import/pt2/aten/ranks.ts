import { sizeOf } from "../../../tensor/tensor.js";
import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { add, mul, reduce, sub, variance, vectorNorm, pow } from "../../compose/arithmetic.js";
import { cast, reshape, sequence, slice } from "../../compose/movement.js";
import { runningProduct, running, runningExtreme } from "../../compose/running.js";
import { logAddExp } from "../../compose/scatter.js";
import { linearAlong } from "../../compose/spatial.js";
import type { AtenCall } from "../call.js";
import { dims, keep, source } from "./reduction.js";
import type { AtenRule, AtenTable } from "./rule.js";

/** Reductions and running values that models need less often. */

const self = (c: AtenCall): ValueId => c.tensor("self");

/** Deviation or variance, and the mean. */
const withMean =
  (root: boolean): AtenRule =>
  (c) => {
    const b = c.builder;
    const unbiased = !c.has("unbiased") || c.flag("unbiased");
    const correction = c.has("correction") ? c.number("correction") : unbiased ? 1 : 0;
    const spread = variance(b, self(c), dims(c), correction, keep(c));
    return [root ? pow(b, spread, 0.5) : spread, reduce(b, "mean", self(c), dims(c), keep(c))];
  };

const extreme =
  (sign: 1 | -1): AtenRule =>
  (c) =>
    runningExtreme(c.builder, self(c), c.axis("dim", c.shapeOf("self")), sign);

/** Elements between ranks, by the weights of the two nearest. */
const quantile: AtenRule = (c) => {
  const b = c.builder;
  const shares = c.operator.endsWith(".scalar") ? [c.number("q")] : [...c.constant("q").data];
  const x = c.has("dim") ? self(c) : reshape(b, self(c), [-1]);
  const shape = b.shapeOf(x);
  const axis = c.has("dim") ? c.axis("dim", shape) : 0;
  const length = shape[axis] ?? 1;
  if (shares.some((q) => !(q >= 0 && q <= 1))) throw new OperatorError("a quantile lies between 0 and 1");
  const ascending = mul(b, b.applyAll("topK", [mul(b, x, -1)], { axis, k: length })[0], -1);
  const mode = c.text("interpolation");
  const place = placeBy(mode);
  const picked = linearAlong(b, ascending, axis, shares.length, (row) => {
    const rank = place(shares[row] * (length - 1));
    return sequence(length, (i) => Math.max(0, 1 - Math.abs(i - rank)));
  });
  // Several quantiles lie on a first axis of their own.
  const moved = b.apply("transpose", [picked], {
    perm: [axis, ...shape.keys()].filter((a, i) => i === 0 || a !== axis),
  });
  const several = !c.operator.endsWith(".scalar") && c.shapeOf("q").length > 0;
  const kept = c.has("dim") ? shape.map((n, a) => (a === axis ? 1 : n)) : c.shapeOf("self").map(() => 1);
  const rest = keep(c) ? kept : c.has("dim") ? shape.filter((_, a) => a !== axis) : [];
  return reshape(b, moved, several ? [shares.length, ...rest] : rest);
};

function placeBy(mode: string): (rank: number) => number {
  if (mode === "linear") return (rank) => rank;
  if (mode === "lower") return Math.floor;
  if (mode === "higher") return Math.ceil;
  if (mode === "midpoint") return (rank) => (Math.floor(rank) + Math.ceil(rank)) / 2;
  throw new OperatorError(`quantiles by "${mode}" are not supported`);
}

/** The area under a line through values, at even steps or at constant or computed places. */
const trapezoid: AtenRule = (c) => {
  const b = c.builder;
  const y = c.tensor("y");
  const shape = b.shapeOf(y);
  const axis = c.axis("dim", shape);
  const sums = add(b, slice(b, y, axis, 1, undefined), slice(b, y, axis, 0, -1));
  if (!c.has("x")) return mul(b, reduce(b, "sum", sums, [axis], false), c.number("dx") / 2);
  const x = c.tensor("x");
  const along = b.shapeOf(x).length === 1 ? 0 : axis;
  const steps = sub(b, slice(b, x, along, 1, undefined), slice(b, x, along, 0, -1));
  const after = new Array<number>(shape.length - 1 - axis).fill(1);
  const wide = along === axis ? steps : reshape(b, steps, [-1, ...after]);
  return mul(b, reduce(b, "sum", mul(b, sums, wide), [axis], false), 0.5);
};

const norm: AtenRule = (c) => {
  const order = c.has("p") ? c.number("p") : c.has("ord") ? c.number("ord") : 2;
  return vectorNorm(c.builder, self(c), order, dims(c), keep(c));
};

/** sum and mean of what is a number: circuits know nothing else, so that only constants can hold what is not. */
const finiteSum =
  (mean: boolean): AtenRule =>
  (c) => {
    const b = c.builder;
    const x = source(c);
    const numbers = b.apply("equal", [b.apply("isNaN", [x]), b.scalar(0, "bool")]);
    const clean = b.apply("where", [numbers, x, b.scalar(0, b.typeOf(x).dtype)]);
    const sum = reduce(b, "sum", clean, dims(c), keep(c));
    if (!mean) return sum;
    const size = sizeOf(c.shapeOf("self")) / Math.max(1, sizeOf(b.shapeOf(sum)));
    return mul(b, sum, 1 / size);
  };

const countNonzero: AtenRule = (c) =>
  reduce(c.builder, "sum", cast(c.builder, self(c), "bool"), dims(c), false);

export const rankRules: AtenTable = {
  "aten.var_mean.default": withMean(false),
  "aten.var_mean.dim": withMean(false),
  "aten.var_mean.correction": withMean(false),
  "aten.std_mean.default": withMean(true),
  "aten.std_mean.dim": withMean(true),
  "aten.std_mean.correction": withMean(true),
  "aten.cumprod.default": (c) => runningProduct(c.builder, source(c), c.axis("dim", c.shapeOf("self"))),
  "aten.logcumsumexp.default": (c) =>
    running(c.builder, self(c), c.axis("dim", c.shapeOf("self")), (before, x) =>
      logAddExp(c.builder, before, x),
    ),
  "aten.cummax.default": extreme(1),
  "aten.cummin.default": extreme(-1),
  "aten.quantile.default": quantile,
  "aten.quantile.scalar": quantile,
  "aten.trapezoid.dx": trapezoid,
  "aten.trapezoid.x": trapezoid,
  "aten.norm.Scalar": norm,
  "aten.linalg_norm.default": (c) => {
    if (!c.has("dim") && c.has("ord") && c.shapeOf("self").length > 1)
      throw new OperatorError("norms of matrices are not supported; name the axes of a norm of vectors");
    if (c.has("dim") && c.ints("dim").length > 1 && c.has("ord"))
      throw new OperatorError("norms of matrices are not supported; name one axis");
    return norm(c);
  },
  "aten.frobenius_norm.dim": norm,
  "aten.dist.default": (c) =>
    vectorNorm(c.builder, sub(c.builder, self(c), c.tensor("other")), c.number("p"), undefined, false),
  "aten.nansum.default": finiteSum(false),
  "aten.nanmean.default": finiteSum(true),
  "aten.count_nonzero.dim_IntList": countNonzero,
  "aten.all.dims": (c) => reduce(c.builder, "min", cast(c.builder, self(c), "bool"), dims(c), keep(c)),
};
