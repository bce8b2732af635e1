import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { mul } from "./arithmetic.js";
import { concat, expand, sequence, slice } from "./movement.js";

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

/** The greatest element up to each along an axis, or the least, and where the last of its equals is. */
export function runningExtreme(b: GraphBuilder, x: ValueId, axis: number, sign: 1 | -1): ValueId[] {
  const length = b.shapeOf(x)[axis] ?? 1;
  const better = (before: ValueId, now: ValueId): ValueId =>
    b.apply("lessOrEqual", sign === 1 ? [before, now] : [now, before]);
  const values = running(b, x, axis, (before, now) => b.apply("where", [better(before, now), now, before]));
  let place: ValueId | undefined;
  const places = sequence(length, (i) => {
    const shape = b.shapeOf(x).map((size, a) => (a === axis ? 1 : size));
    const here = expand(b, b.scalar(i, "int"), shape);
    if (place === undefined) return (place = here);
    const taken = better(slice(b, values, axis, i - 1, i), slice(b, x, axis, i, i + 1));
    return (place = b.apply("where", [taken, here, place]));
  });
  return [values, concat(b, places, axis)];
}
