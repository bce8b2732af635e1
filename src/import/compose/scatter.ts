import { MAX_ELEMENTS, type GraphBuilder } from "../../graph/builder.js";
import { sizeOf, tensor } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { add, mul, reduce } from "./arithmetic.js";
import { overwrite } from "./indexing.js";
import { cast, concat, reshape, sequence } from "./movement.js";

/** What becomes of an element that is written to: the last of several values, or all of them combined. */
export type Reduction = "none" | "add" | "mul" | "max" | "min" | "mean";

export function isReduction(name: string): name is Reduction {
  return ["none", "add", "mul", "max", "min", "mean"].includes(name);
}

const meanings = { add: "sum", mean: "sum", mul: "prod", max: "max", min: "min" } as const;

/**
 * x with `values` written to constant flat positions. Each element's values lie in a row of their own, so that one
 * reduction combines them; `withSelf` says whether the element's old value is one of them.
 */
export function scatter(
  b: GraphBuilder,
  x: ValueId,
  positions: ArrayLike<number>,
  values: ValueId,
  reduction: Reduction,
  withSelf = true,
): ValueId {
  const shape = b.shapeOf(x);
  const count = sizeOf(shape);
  const { dtype } = b.typeOf(x);
  const given = reshape(b, cast(b, values, dtype), [positions.length]);
  if (reduction === "none") return overwrite(b, x, Float64Array.from(positions), given);
  if (positions.length === 0) return x;
  const rows = rowsOf(positions, count);
  if (reduction === "add" && withSelf) {
    const zero = b.constant(tensor(dtype, [1], [0]));
    const longest = longestOf(rows);
    const padded = rows.map((row) => [...row, ...fill(longest - row.length, positions.length)]);
    const picked = gatherRows(b, concat(b, [given, zero], 0), padded);
    return b.apply("add", [x, reshape(b, reduce(b, "sum", picked, [1], false), shape)]);
  }
  const identity = b.constant(tensor(dtype, [1], [reduction === "mul" ? 1 : 0]));
  const all = concat(b, [reshape(b, x, [count]), given, identity], 0);
  const sources = rows.map((row, i) => [
    ...(withSelf || row.length === 0 ? [i] : []),
    ...row.map((place) => count + place),
  ]);
  const longest = longestOf(sources);
  // An extreme is the same with one of its values twice.
  const rest = (row: readonly number[]): number =>
    reduction === "max" || reduction === "min" ? row[0] : count + positions.length;
  const picked = gatherRows(
    b,
    all,
    sources.map((row) => [...row, ...fill(longest - row.length, rest(row))]),
  );
  const result = reshape(b, reduce(b, meanings[reduction], picked, [1], false), shape);
  if (reduction !== "mean") return result;
  const shares = b.constant(
    tensor(
      "float",
      shape,
      sources.map((row) => 1 / row.length),
    ),
  );
  return mul(b, result, shares);
}

/** For each element, the numbers of the values that are written to it. */
function rowsOf(positions: ArrayLike<number>, count: number): number[][] {
  const rows = sequence(count, (): number[] => []);
  for (let i = 0; i < positions.length; i++) rows[positions[i]].push(i);
  return rows;
}

/** @throws OperatorError where rows of equal length would be too many elements: one of them may get all values */
function longestOf(rows: readonly (readonly number[])[]): number {
  const longest = rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (longest * rows.length > MAX_ELEMENTS)
    throw new OperatorError(`${longest} values for one of ${rows.length} elements are too many`);
  return longest;
}

function fill(count: number, value: number): number[] {
  return new Array<number>(count).fill(value);
}

function gatherRows(b: GraphBuilder, flat: ValueId, rows: readonly (readonly number[])[]): ValueId {
  const width = rows[0]?.length ?? 0;
  return b.apply("gather", [flat, b.ints(rows.flat(), [rows.length, width])], { axis: 0 });
}

/** Flat positions of the elements along an axis that constant indices of x's rank choose. */
export function positionsAlong(b: GraphBuilder, x: ValueId, index: ValueId, axis: number): Float64Array {
  return positionsBy(b, "gatherElements", x, index, axis);
}

/** Flat positions of the elements of x that a choice by constant indices takes. */
function positionsBy(
  b: GraphBuilder,
  choice: "gather" | "gatherElements",
  x: ValueId,
  index: ValueId,
  axis: number,
): Float64Array {
  const shape = b.shapeOf(x);
  const numbers = b.ints(
    sequence(sizeOf(shape), (i) => i),
    shape,
  );
  const positions = b.constantOf(b.apply(choice, [numbers, index], { axis }));
  if (positions === undefined)
    throw new OperatorError("it writes at places that depend on the model's input");
  return positions.data;
}

/** x with slices of `source`, times a factor, added at constant places along an axis. */
export function indexAdd(
  b: GraphBuilder,
  x: ValueId,
  axis: number,
  index: ValueId,
  source: ValueId,
  factor: number,
): ValueId {
  const positions = positionsBy(b, "gather", x, index, axis);
  return scatter(b, x, positions, factor === 1 ? source : mul(b, source, factor), "add");
}

/** log(e^x + e^y), by the greater of the two and what the other adds to it. */
export function logAddExp(b: GraphBuilder, x: ValueId, y: ValueId): ValueId {
  const distance = b.apply("abs", [b.apply("sub", [x, y])]);
  const rest = b.apply("softplus", [mul(b, distance, -1)], { beta: 1 });
  return add(b, b.apply("maximum", [x, y]), rest);
}
