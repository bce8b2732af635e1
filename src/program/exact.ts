import { Torch2CircomError } from "../errors/torch2circomError.js";
import { EXACT_LIMIT } from "./arithmetic.js";
import type { Intervals } from "./operations/bounds.js";
import { definitionOf, type Operation } from "./operations/index.js";

/**
 * Shows that the executor computes an operation without rounding: neither a result nor what it adds up on the way
 * reaches 2^53, whatever the order. Bounds of large sums are themselves exact only where this holds.
 *
 * @param bounds of the operation's results
 * @param operands the intervals of what it reads
 * @throws Torch2CircomError where a value could leave the range in which Float64 integers are exact
 */
export function assertExact(operation: Operation, bounds: Intervals, operands: readonly Intervals[]): void {
  const { lo, hi } = bounds;
  // The rounding term of a later requantization is at most the value itself, hence the factor 2.
  const wide = hi.findIndex((h, i) => !(h < EXACT_LIMIT / 2 && lo[i] > -EXACT_LIMIT / 2));
  if (wide >= 0) refuse(operation, `element ${wide} can reach [${lo[wide]}, ${hi[wide]}], beyond 2^52`);
  const inside = definitionOf(operation).inside?.(operation, operands) ?? 0;
  if (!(inside < EXACT_LIMIT))
    refuse(operation, `what is computed inside it can reach ${inside}, beyond 2^53`);
}

function refuse({ name }: Operation, problem: string): never {
  throw new Torch2CircomError(
    "NUMBERS_TOO_LARGE",
    `${name}: ${problem}`,
    "Use fewer weight or activation bits for this model, or scale its constants nearer to each other.",
  );
}
