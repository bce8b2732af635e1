import { topK } from "../arithmetic.js";
import { int32sOf } from "../int32.js";
import type { Intervals } from "./bounds.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { count, integer } from "./fields.js";
import { grid, markedColumns, markedRuns, wholeRows } from "./slice.js";

/**
 * For each run of `row` consecutive elements, its k greatest in descending order, then their places in the run; of equals
 * the lowest place first.
 */
export interface TopKOperation extends OperationBase {
  readonly kind: "topk";
  readonly input: TensorId;
  readonly row: number;
  readonly k: number;
}

export const topk: OperationDefinition<TopKOperation> = {
  fields: { input: integer, row: count, k: count },
  operands: ({ input }) => [input],
  execute: (operation, [x]) => greatest(operation, x),
  intervals: (operation, [x]) => greatestIntervals(operation, x),
  slice({ row, k }, wanted) {
    const rows = markedRuns(wanted, 2 * k);
    const columns = markedColumns(wanted, 2 * k).map((column) => column % k);
    const most = columns.reduce((a, b) => Math.max(a, b)) + 1;
    const places = int32sOf(2 * most, (i) => (i < most ? i : i - most + k));
    return {
      kept: grid(rows, places, 2 * k),
      reads: [wholeRows(rows, row)],
      fields: () => ({ k: most }),
    };
  },
};

function greatest({ row, k, size }: TopKOperation, x: Float64Array): Float64Array {
  const out = new Float64Array(size);
  for (let start = 0, at = 0; start < x.length; start += row, at += 2 * k) {
    const { value, index } = topK(Array.from(x.subarray(start, start + row)), k);
    out.set(value, at);
    out.set(index, at + k);
  }
  return out;
}

/** The j-th greatest is at least the j-th greatest of the lower bounds, and at most that of the upper bounds. */
function greatestIntervals(operation: TopKOperation, x: Intervals): Intervals {
  const { row, k, size } = operation;
  const side = (bounds: Float64Array, place: number): Float64Array => {
    const out = greatest(operation, bounds);
    for (let at = 0; at < size; at += 2 * k) out.fill(place, at + k, at + 2 * k);
    return out;
  };
  return { lo: side(x.lo, 0), hi: side(x.hi, row - 1) };
}
