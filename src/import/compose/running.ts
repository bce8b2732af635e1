import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../operators/operator.js";
import { mul } from "./arithmetic.js";
import { concat, sequence, slice } from "./movement.js";

/** Most elements of an axis that is taken element by element: each becomes nodes of its own. */
const MAX_STEPS = 4096;

/** What `combine` makes of each element along an axis and of what it made of those before. */
export function running(
  b: GraphBuilder,
  x: ValueId,
  axis: number,
  combine: (before: ValueId, element: ValueId) => ValueId,
): ValueId {
  const length = b.shapeOf(x)[axis] ?? 1;
  if (length > MAX_STEPS) throw new OperatorError(`an axis of ${length} takes more than ${MAX_STEPS} steps`);
  if (length < 2) return x;
  let last: ValueId | undefined;
  const steps = sequence(length, (i) => {
    const element = slice(b, x, axis, i, i + 1);
    return (last = last === undefined ? element : combine(last, element));
  });
  return concat(b, steps, axis);
}

export function runningProduct(b: GraphBuilder, x: ValueId, axis: number): ValueId {
  return running(b, x, axis, (before, element) => mul(b, before, element));
}
