import { exponential, softmax as sharesOf } from "../arithmetic.js";
import { int32s } from "../int32.js";
import { uniform, type Intervals } from "./bounds.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { count, int32Array, integer } from "./fields.js";
import { at, marked } from "./slice.js";

/**
 * For each row of consecutive elements, `softmax` of arithmetic.ts: e[i] = table[max - x[i]], or 0 beyond the table;
 * out[i] = round(e[i] * floor(2^numerator / sum of e) / 2^(numerator - fraction)).
 */
export interface SoftmaxOperation extends OperationBase {
  readonly kind: "softmax";
  readonly input: TensorId;
  readonly rows: Int32Array;
  readonly table: Int32Array;
  readonly numerator: number;
  readonly fraction: number;
}

export const softmax: OperationDefinition<SoftmaxOperation> = {
  fields: { input: integer, rows: int32Array, table: int32Array, numerator: count, fraction: count },
  operands: ({ input }) => [input],
  execute: (operation, [x]) => softmaxRows(operation, x),
  intervals: shareIntervals,
  // The numerator of the reciprocal bounds its product with any share; the entries' sum is far below.
  inside: ({ numerator, rows, table }) => Math.max(2 ** (numerator + 1), longest(rows) * table[0]),
  slice({ rows }, wanted) {
    const [left, elements] = markedRows(rows, wanted);
    return { kept: elements, reads: [elements], fields: () => ({ rows: at(rows, left) }) };
  },
};

/** The rows, of different lengths, that have a mark; and all of their elements. */
function markedRows(rows: Int32Array, marks: Uint8Array): [Int32Array, Int32Array] {
  const left = new Uint8Array(rows.length);
  const elements = new Uint8Array(marks.length);
  let start = 0;
  rows.forEach((length, row) => {
    const end = start + length;
    if (marks.subarray(start, end).includes(1)) {
      left[row] = 1;
      elements.fill(1, start, end);
    }
    start = end;
  });
  return [marked(left), marked(elements)];
}

function softmaxRows(
  { rows, table, numerator, fraction, size }: SoftmaxOperation,
  x: Float64Array,
): Float64Array {
  const out = new Float64Array(size);
  let start = 0;
  for (const length of rows) {
    const row = Array.from(x.subarray(start, start + length));
    out.set(
      sharesOf(row, (below) => exponential(below, table), numerator, fraction),
      start,
    );
    start += length;
  }
  return out;
}

/** The greatest element has the table's first entry, so no share exceeds 1; each is rounded up by 1/2 at most. */
function shareIntervals({ size, rows, fraction }: SoftmaxOperation): Intervals {
  const group = int32s(
    Array.from(rows).flatMap((length, row) => new Array<number>(length).fill(row)),
    "a row",
  );
  const whole = 2 ** fraction;
  return { ...uniform(size, 0, whole), shares: { group, hi: whole + Math.floor(longest(rows) / 2) } };
}

function longest(rows: Int32Array): number {
  return rows.reduce((a, b) => Math.max(a, b));
}
