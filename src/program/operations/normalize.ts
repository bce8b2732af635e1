import { z } from "zod";
import { layerNorm, scaleRow } from "../arithmetic.js";
import { hull, uniform, type Intervals } from "./bounds.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { count, integer, natural } from "./fields.js";
import { markedRuns, wholeRows } from "./slice.js";
import { square } from "../../elementary/functions.js";

/**
 * For each run of `row` consecutive elements, `layerNorm` of arithmetic.ts (centered, with a mean of `meanBits`
 * fraction bits) or `scaleRow` (RMS and L2 norm): an element times about 2^(rootBits - drop) / sqrt(epsilon + sum of
 * squares).
 */
export interface NormalizeOperation extends OperationBase {
  readonly kind: "normalize";
  readonly input: TensorId;
  readonly row: number;
  readonly centered: boolean;
  readonly meanBits: number;
  readonly epsilon: number;
  readonly rootBits: number;
  readonly drop: number;
}

export const normalize: OperationDefinition<NormalizeOperation> = {
  fields: {
    input: integer,
    row: count,
    centered: z.boolean(),
    meanBits: natural,
    epsilon: count,
    rootBits: count,
    drop: count,
  },
  operands: ({ input }) => [input],
  execute: (operation, [x]) => normalizeRows(operation, x),
  intervals({ size, rootBits, drop }) {
    // Strictly inside, since no element exceeds the root of the sum of squares.
    const bound = 2 ** (rootBits - drop) - 1;
    return uniform(size, -bound, bound);
  },
  inside: (operation, [x]) => greatestNorm(operation, x),
  slice({ row }, wanted) {
    const kept = wholeRows(markedRuns(wanted, row), row);
    return { kept, reads: [kept] };
  },
};

function normalizeRows(operation: NormalizeOperation, x: Float64Array): Float64Array {
  const { row, centered, meanBits, epsilon, rootBits, drop, size } = operation;
  const parameters = { epsilon, t: rootBits, g: drop };
  const out = new Float64Array(size);
  for (let start = 0; start < size; start += row) {
    const values = Array.from(x.subarray(start, start + row));
    out.set(centered ? layerNorm(values, meanBits, parameters) : scaleRow(values, parameters), start);
  }
  return out;
}

/** The sum of squares (see circuits/norm.circom for its bound), the sum that a mean is of, an element times the root. */
function greatestNorm(
  { row, centered, meanBits, epsilon, rootBits }: NormalizeOperation,
  x: Intervals,
): number {
  const { lo, hi } = hull(x);
  const squares = centered
    ? (row * (square(2 ** meanBits * (hi - lo)) + 1)) / 4
    : row * square(Math.max(hi, -lo));
  const sum = row * 2 ** meanBits * Math.max(hi, -lo);
  return Math.max(epsilon + squares, sum, 2 ** (rootBits + 1));
}
