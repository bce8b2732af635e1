import type { Bounds, Known } from "./known.js";
import { span } from "./numbers.js";
import type { OperationOf, Program } from "./program.js";

/** The least and the greatest product of two ranges. */
export function cornersOf(a: bigint, b: bigint, c: bigint, d: bigint): [bigint, bigint] {
  const products = [a * c, a * d, b * c, b * d];
  let [lo, hi] = [products[0], products[0]];
  for (const product of products) {
    if (product < lo) lo = product;
    if (product > hi) hi = product;
  }
  return [lo, hi];
}

/** The sums of every element of a matrix product before they are rounded, wanted or not: a block makes them all. */
export function sumsOf(operation: OperationOf<"matmul">, { program, bounds }: Known): Bounds {
  const { batch, rows, inner, columns, inputs } = operation;
  const [a, b] = inputs.map((id) => bounds[id]);
  const lo: bigint[] = [];
  const hi: bigint[] = [];
  for (let row = 0; row < batch * rows; row++) {
    const shares = Array.from({ length: inner }, (_, k) => shareOf(program, inputs[0], row * inner + k));
    const whole = wholeOf(shares);
    for (let column = 0; column < columns; column++) {
      const right = (k: number) => (Math.floor(row / rows) * inner + k) * columns + column;
      if (whole !== undefined) {
        const mix = (value: (at: number) => bigint) =>
          mixed(
            shares.map((share, k) => (share === undefined ? 0n : value(right(k)))),
            whole,
          );
        lo.push(-mix((at) => -b.lo[at]));
        hi.push(mix((at) => b.hi[at]));
        continue;
      }
      let [from, to] = [0n, 0n];
      for (let k = 0; k < inner; k++) {
        const at = right(k);
        const [lowest, highest] = cornersOf(a.lo[row * inner + k], a.hi[row * inner + k], b.lo[at], b.hi[at]);
        from += lowest;
        to += highest;
      }
      lo.push(from);
      hi.push(to);
    }
  }
  return { lo, hi };
}

interface Whole {
  /** Most of one share, and of all shares of the row together. */
  readonly one: bigint;
  readonly all: bigint;
}

/** An element of a softmax, by its row and its place. */
interface Share extends Whole {
  readonly id: string;
  readonly row: string;
}

/** Follows an element through views to a softmax; undefined for a masked element, null for any other. */
function shareOf(program: Program, tensor: number, element: number): Share | null | undefined {
  const operation = program.operations[tensor];
  if (operation.kind === "view") {
    let at = operation.index[element];
    if (at < 0) return undefined;
    for (const input of operation.inputs) {
      const { size } = program.operations[input];
      if (at < size) return shareOf(program, input, at);
      at -= size;
    }
    return null;
  }
  if (operation.kind !== "softmax") return null;
  let row = 0;
  let end = operation.rows[0];
  while (element >= end) end += operation.rows[++row];
  const one = span(operation.fraction);
  // Shares before rounding sum to at most 1, and each is rounded up by at most 1/2.
  const all = one + BigInt(Math.floor(operation.rows[row] / 2));
  return { id: `${tensor} ${element}`, row: `${tensor} ${row}`, one, all };
}

/** What elements sum to that are different shares of one row, except for masked ones. */
function wholeOf(shares: readonly (Share | null | undefined)[]): Whole | undefined {
  if (shares.includes(null)) return undefined;
  const present = shares.filter((share) => share !== undefined && share !== null);
  const isOneRow = new Set(present.map(({ row }) => row)).size === 1;
  return isOneRow && new Set(present.map(({ id }) => id)).size === present.length ? present[0] : undefined;
}

/** The greatest mix of values, each with at most `one` and all together with at most `all`. */
function mixed(values: readonly bigint[], { one, all }: Whole): bigint {
  let rest = all;
  let sum = 0n;
  for (const value of [...values].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0))) {
    if (value <= 0n || rest === 0n) break;
    const weight = rest < one ? rest : one;
    sum += weight * value;
    rest -= weight;
  }
  return sum;
}
