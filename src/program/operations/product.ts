import { corners, type Intervals } from "./bounds.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { pair } from "./fields.js";
import { elementwise } from "./slice.js";

/** out[i] = a[i] * b[i]. */
export interface ProductOperation extends OperationBase {
  readonly kind: "product";
  readonly inputs: readonly [TensorId, TensorId];
}

export const product: OperationDefinition<ProductOperation> = {
  fields: { inputs: pair },
  operands: ({ inputs }) => inputs,
  // Integers have one zero: adding 0 makes a negative one positive.
  execute: (_, [a, b]) => a.map((value, i) => value * b[i] + 0),
  intervals: productIntervals,
  slice: (_, wanted) => elementwise(wanted, 2),
};

function productIntervals(
  { inputs: [left, right] }: ProductOperation,
  [a, b]: readonly Intervals[],
): Intervals {
  const lo = new Float64Array(a.lo.length);
  const hi = new Float64Array(a.lo.length);
  for (let i = 0; i < lo.length; i++) {
    const bounds = corners(a, i, b, i);
    // A square is not negative.
    lo[i] = left === right ? Math.max(bounds.lo, 0) : bounds.lo;
    hi[i] = bounds.hi;
  }
  return { lo, hi };
}
