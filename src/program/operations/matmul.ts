import { z } from "zod";
import { shiftRound } from "../arithmetic.js";
import { corners, magnitude, type Bounds, type Intervals } from "./bounds.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { count, natural, pair } from "./fields.js";
import { grid, marked, markedColumns, markedRuns, upTo, wholeRows } from "./slice.js";

/**
 * out[n, r, c] = floor((sum over k of a[n, r, k] * b[n, k, c] + 2^(shift-1)) / 2^shift), as requantization rounds; 0
 * where `causal` and c > r + columns - rows.
 */
export interface MatmulOperation extends OperationBase {
  readonly kind: "matmul";
  readonly inputs: readonly [TensorId, TensorId];
  readonly batch: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly shift: number;
  readonly causal: boolean;
}

export const matmul: OperationDefinition<MatmulOperation> = {
  fields: {
    inputs: pair,
    batch: count,
    rows: count,
    inner: count,
    columns: count,
    shift: natural,
    causal: z.boolean(),
  },
  operands: ({ inputs }) => inputs,
  execute: (operation, [a, b]) => products(operation, a, b),
  intervals: (operation, [a, b]) => productIntervals(operation, a, b),
  inside({ inner, shift }, [a, b]) {
    return inner * magnitude(a) * magnitude(b) + (shift === 0 ? 0 : 2 ** (shift - 1));
  },
  slice({ rows, inner, columns, causal }, wanted) {
    const batches = markedRuns(wanted, rows * columns);
    // The place of the diagonal goes by the numbers of rows and columns.
    const [left, seen] = causal
      ? [upTo(rows), upTo(columns)]
      : [rowsOf(markedRuns(wanted, columns), rows), markedColumns(wanted, columns)];
    const rowsLeft = grid(batches, left, rows);
    return {
      kept: grid(rowsLeft, seen, columns),
      reads: [wholeRows(rowsLeft, inner), grid(wholeRows(batches, inner), seen, columns)],
      fields: () => ({ batch: batches.length, rows: left.length, columns: seen.length }),
    };
  },
};

/** Of rows of a stack of matrices, their numbers in their matrices, each once. */
function rowsOf(stacked: Int32Array, rows: number): Int32Array {
  const marks = new Uint8Array(rows);
  for (const row of stacked) marks[row % rows] = 1;
  return marked(marks);
}

function products(
  { batch, rows, inner, columns, shift, causal, size }: MatmulOperation,
  a: Float64Array,
  b: Float64Array,
): Float64Array {
  const out = new Float64Array(size);
  for (let n = 0; n < batch; n++) {
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < inner; k++) {
        const factor = a[(n * rows + r) * inner + k];
        const seen = causal ? r + 1 + columns - rows : columns;
        for (let c = 0; c < seen; c++) {
          out[(n * rows + r) * columns + c] += factor * b[(n * inner + k) * columns + c];
        }
      }
    }
  }
  return out.map((sum) => shiftRound(sum, shift));
}

function productIntervals(
  { batch, rows, inner, columns, shift, causal, size }: MatmulOperation,
  a: Intervals,
  b: Intervals,
): Intervals {
  const lo = new Float64Array(size);
  const hi = new Float64Array(size);
  for (let n = 0; n < batch; n++) {
    for (let r = 0; r < rows; r++) {
      const seen = causal ? r + 1 + columns - rows : columns;
      for (let c = 0; c < seen; c++) {
        const out = (n * rows + r) * columns + c;
        const shared = sharedBound(a, (n * rows + r) * inner, inner, (k) => (n * inner + k) * columns + c, b);
        for (let k = 0; shared === undefined && k < inner; k++) {
          const term = corners(a, (n * rows + r) * inner + k, b, (n * inner + k) * columns + c);
          lo[out] += term.lo;
          hi[out] += term.hi;
        }
        if (shared !== undefined) ({ lo: lo[out], hi: hi[out] } = shared);
      }
    }
  }
  const requantized = (sum: number) => shiftRound(sum, shift);
  return { lo: lo.map(requantized), hi: hi.map(requantized) };
}

/** A row of shares of one whole times a column: at most the whole times the column's extremes. */
function sharedBound(
  a: Intervals,
  start: number,
  inner: number,
  columnAt: (k: number) => number,
  b: Intervals,
): Bounds | undefined {
  if (a.shares === undefined) return undefined;
  const { group, hi: whole } = a.shares;
  const used = Array.from({ length: inner }, (_, k) => k).filter((k) => a.hi[start + k] > 0);
  if (
    used.length === 0 ||
    used.some((k) => group[start + k] < 0 || group[start + k] !== group[start + used[0]])
  )
    return undefined;
  const lo = used.reduce((bound, k) => Math.min(bound, b.lo[columnAt(k)]), 0);
  const hi = used.reduce((bound, k) => Math.max(bound, b.hi[columnAt(k)]), 0);
  return { lo: whole * lo, hi: whole * hi };
}
