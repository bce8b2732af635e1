import { uniform } from "../../graph/passes/match.js";
import type { GraphBuilder } from "../../graph/builder.js";
import { broadcastShapes, sizeOf } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import type { Tensor } from "../../tensor/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { broadcastData } from "../../operators/binary.js";
import { axisIn, cast, concat, expand, pickAlong, reshape, split, squeeze } from "./movement.js";
import { log } from "../../elementary/functions.js";

/** Arithmetic that both formats' tables compose from the graph's operators. */

type Operand = ValueId | number;

function operand(b: GraphBuilder, value: Operand): ValueId {
  return typeof value === "number" ? b.scalar(value) : value;
}

export function add(b: GraphBuilder, x: Operand, y: Operand): ValueId {
  return b.apply("add", [operand(b, x), operand(b, y)]);
}

export function sub(b: GraphBuilder, x: Operand, y: Operand): ValueId {
  return b.apply("sub", [operand(b, x), operand(b, y)]);
}

export function mul(b: GraphBuilder, x: Operand, y: Operand): ValueId {
  return b.apply("mul", [operand(b, x), operand(b, y)]);
}

/** True division; a constant divisor becomes a factor only later, where that is exact enough. */
export function div(b: GraphBuilder, x: Operand, y: Operand): ValueId {
  return b.apply("div", [operand(b, x), operand(b, y)]);
}

/** How a quotient becomes whole: down, or towards 0. */
export type Rounding = "floor" | "trunc";

/** x / y, rounded; of integers an integer. */
export function roundedDiv(b: GraphBuilder, x: ValueId, y: ValueId, rounding: Rounding): ValueId {
  const quotient = b.apply(rounding, [div(b, x, y)]);
  const whole = [x, y].every((operand) => b.typeOf(operand).dtype !== "float");
  return whole ? b.apply("cast", [quotient], { to: "int" }) : quotient;
}

/** x - y · (x / y, rounded): Python's % where it is rounded down, C's fmod where towards 0. */
export function remainder(b: GraphBuilder, x: ValueId, y: ValueId, rounding: Rounding): ValueId {
  // Towards 0 the divisor's sign does not matter, and a quotient can only be taken by one of a single sign.
  const divisor = rounding === "trunc" && b.typeOf(y).dtype === "float" ? b.apply("abs", [y]) : y;
  return sub(b, x, mul(b, divisor, roundedDiv(b, x, divisor, rounding)));
}

export function pow(b: GraphBuilder, x: ValueId, exponent: number): ValueId {
  return exponent === 1 ? x : b.apply("pow", [x], { exponent });
}

/** base^x for a constant base. */
export function exponential(b: GraphBuilder, base: number, x: ValueId): ValueId {
  if (!(base > 0))
    throw new OperatorError(`a power of the base ${base} cannot be taken; the base must be positive`);
  return b.apply("exp", [mul(b, log(base), x)]);
}

/** x^y where one of the two is a constant. */
export function power(b: GraphBuilder, x: ValueId, y: ValueId): ValueId {
  const exponent = uniform(b, y);
  if (exponent !== undefined) return pow(b, x, exponent);
  const base = b.constantOf(x);
  if (base !== undefined) {
    const negative = base.data.find((value) => !(value > 0));
    if (negative !== undefined) return exponential(b, negative, y);
    return b.apply("exp", [mul(b, b.apply("log", [x]), y)]);
  }
  const exponents = b.constantOf(y);
  if (exponents === undefined)
    throw new OperatorError(
      "the base or the exponent of a power must be constant; for a positive base, use exp(y * log(x))",
    );
  return eachPower(b, x, exponents);
}

/** x to constant exponents that vary: the elements of each exponent together, and back to their places. */
function eachPower(b: GraphBuilder, x: ValueId, exponents: Tensor): ValueId {
  const shape = broadcastShapes(b.shapeOf(x), exponents.shape);
  if (shape === undefined) throw new OperatorError("the tensors do not broadcast");
  const given = broadcastData(exponents, shape);
  const places = new Map<number, number[]>();
  given.forEach((exponent, i) => {
    const known = places.get(exponent);
    if (known === undefined) places.set(exponent, [i]);
    else known.push(i);
  });
  if (places.size > MAX_EXPONENTS)
    throw new OperatorError(`${places.size} exponents are more than ${MAX_EXPONENTS}`);
  const flat = reshape(b, expand(b, x, shape), [-1]);
  const parts = [...places].map(([exponent, own]) => pow(b, pickAlong(b, flat, 0, own), exponent));
  const back: number[] = new Array<number>(given.length);
  [...places.values()].flat().forEach((place, i) => (back[place] = i));
  return reshape(b, pickAlong(b, concat(b, parts, 0), 0, back), shape);
}

/** Most different exponents of one power, each of which is a table of its own. */
const MAX_EXPONENTS = 64;

export function clamp(b: GraphBuilder, x: ValueId, min = -Infinity, max = Infinity): ValueId {
  return b.apply("clamp", [x], { min, max });
}

export function not(b: GraphBuilder, x: ValueId): ValueId {
  return b.apply("equal", [x, b.scalar(0, b.typeOf(x).dtype)]);
}

export function reduce(
  b: GraphBuilder,
  op: "sum" | "mean" | "max" | "min" | "prod",
  x: ValueId,
  axes: readonly number[] | undefined,
  keepDims: boolean,
): ValueId {
  const rank = b.shapeOf(x).length;
  const all = (axes ?? b.shapeOf(x).map((_, axis) => axis)).map((axis) => axisIn(axis, rank));
  return op === "prod" ? product(b, x, all, keepDims) : b.apply(op, [x], { axes: all, keepDims });
}

/** The product over axes, pair by pair: so each factor's range is known, and a circuit rounds each. */
function product(b: GraphBuilder, x: ValueId, axes: readonly number[], keepDims: boolean): ValueId {
  let result = b.typeOf(x).dtype === "bool" ? cast(b, x, "int") : x;
  for (const axis of axes) {
    for (let size = b.shapeOf(result)[axis]; size > 1; size = Math.ceil(size / 2)) {
      const half = Math.floor(size / 2);
      const [first, second, rest] = split(b, result, axis, [half, half, size % 2]);
      const pairs = mul(b, first, second);
      result = size % 2 === 0 ? pairs : concat(b, [pairs, rest], axis);
    }
  }
  const kept = b.shapeOf(x).map((size, axis) => (axes.includes(axis) ? 1 : size));
  // The product of nothing is 1.
  if (sizeOf(b.shapeOf(result)) === 0 && sizeOf(kept) > 0)
    result = expand(b, b.scalar(1, b.typeOf(result).dtype), kept);
  return keepDims ? result : squeeze(b, result, axes);
}

/** Variance over the axes, the sum of squares divided by count - correction. */
export function variance(
  b: GraphBuilder,
  x: ValueId,
  axes: readonly number[] | undefined,
  correction: number,
  keepDims: boolean,
): ValueId {
  const centered = sub(b, x, reduce(b, "mean", x, axes, true));
  const squares = mul(b, centered, centered);
  const sum = reduce(b, "sum", squares, axes, keepDims);
  const count = sizeOf(b.shapeOf(x)) / Math.max(1, sizeOf(b.shapeOf(sum)));
  return mul(b, sum, 1 / (count - correction));
}

/** The norm of order `order` over the axes. */
export function vectorNorm(
  b: GraphBuilder,
  x: ValueId,
  order: number,
  axes: readonly number[] | undefined,
  keepDims: boolean,
): ValueId {
  if (order === 2) return pow(b, reduce(b, "sum", mul(b, x, x), axes, keepDims), 0.5);
  const magnitude = b.apply("abs", [x]);
  if (order === 1) return reduce(b, "sum", magnitude, axes, keepDims);
  if (order === Infinity) return reduce(b, "max", magnitude, axes, keepDims);
  if (order === -Infinity) return reduce(b, "min", magnitude, axes, keepDims);
  if (!(order > 0)) throw new OperatorError(`the norm of order ${order} is not known`);
  return pow(b, reduce(b, "sum", pow(b, magnitude, order), axes, keepDims), 1 / order);
}

/** log Σ e^x over the axes, shifted by the largest element. */
export function logSumExp(
  b: GraphBuilder,
  x: ValueId,
  axes: readonly number[] | undefined,
  keepDims: boolean,
): ValueId {
  const largest = reduce(b, "max", x, axes, true);
  const sum = reduce(b, "sum", b.apply("exp", [sub(b, x, largest)]), axes, true);
  const result = add(b, b.apply("log", [sum]), largest);
  return keepDims ? result : squeeze(b, result, axes);
}

/** The matrix product of torch.matmul: vectors gain an axis for the product and lose it after. */
export function matmul(b: GraphBuilder, x: ValueId, y: ValueId): ValueId {
  const [xShape, yShape] = [b.shapeOf(x), b.shapeOf(y)];
  const left = xShape.length === 1 ? b.apply("reshape", [x], { shape: [1, ...xShape] }) : x;
  const right = yShape.length === 1 ? b.apply("reshape", [y], { shape: [...yShape, 1] }) : y;
  const product = b.apply("matmul", [left, right]);
  const shape = [...b.shapeOf(product)];
  if (yShape.length === 1) shape.pop();
  if (xShape.length === 1) shape.splice(yShape.length === 1 ? -1 : -2, 1);
  return shape.length === b.shapeOf(product).length ? product : b.apply("reshape", [product], { shape });
}

/** alpha · x·y + beta · bias, where factors of 1 cost nothing. */
export function addMatmul(
  b: GraphBuilder,
  bias: ValueId,
  x: ValueId,
  y: ValueId,
  alpha: number,
  beta: number,
): ValueId {
  const product = matmul(b, x, y);
  const scaled = alpha === 1 ? product : mul(b, product, alpha);
  return add(b, scaled, beta === 1 ? bias : mul(b, bias, beta));
}
