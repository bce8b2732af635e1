import { Torch2CircomError } from "../errors/torch2circomError.js";
import type {
  Intervals,
  LinearOperation,
  MatmulOperation,
  NormalizeOperation,
  Operation,
  SoftmaxOperation,
} from "./types.js";

/** The executor's integers are exact below this, in Float64. */
const EXACT_LIMIT = 2 ** 53;

/**
 * Shows that the executor computes an operation without rounding: neither a result nor what it adds up on the way
 * reaches 2^53, whatever the order. Bounds of large sums are themselves exact only where this holds.
 *
 * @param bounds of the operation's results; @param before those of the operations before it
 * @throws Torch2CircomError where a value could leave the range in which Float64 integers are exact
 */
export function assertExact(operation: Operation, bounds: Intervals, before: readonly Intervals[]): void {
  const { lo, hi } = bounds;
  // The rounding term of a later requantization is at most the value itself, hence the factor 2.
  const wide = hi.findIndex((h, i) => !(h < EXACT_LIMIT / 2 && lo[i] > -EXACT_LIMIT / 2));
  if (wide >= 0) refuse(operation, `element ${wide} can reach [${lo[wide]}, ${hi[wide]}], beyond 2^52`);
  const inside = greatestInside(operation, before);
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

/** A bound of whatever an operation computes between its operands and its results. */
function greatestInside(operation: Operation, before: readonly Intervals[]): number {
  switch (operation.kind) {
    case "linear":
      return greatestSum(operation, before);
    case "matmul":
      return greatestProduct(operation, before);
    case "softmax":
      return greatestShare(operation);
    case "reciprocal":
      // The quotient of two numbers below this is floored as it is: it is further from a whole number than it is rounded.
      return 2 ** (operation.numerator + 1);
    case "normalize":
      return greatestNorm(operation, before[operation.input]);
    default:
      return 0;
  }
}

/** The greatest |x| of all elements. */
function magnitude({ lo, hi }: Intervals): number {
  const { least, most } = hull({ lo, hi });
  return Math.max(most, -least);
}

function hull({ lo, hi }: Intervals): { least: number; most: number } {
  return { least: lo.reduce((a, b) => Math.min(a, b)), most: hi.reduce((a, b) => Math.max(a, b)) };
}

/** The greatest sum of absolute values: at first by the heaviest channel and the widest operand alone. */
function greatestSum(operation: LinearOperation, before: readonly Intervals[]): number {
  const { channels, taps, weights, bias, inputs } = operation;
  let heaviest = 0;
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let k = c * taps; k < (c + 1) * taps; k++) sum += Math.abs(weights[k]);
    heaviest = Math.max(heaviest, sum);
  }
  const widest = inputs.reduce((most, id) => Math.max(most, magnitude(before[id])), 0);
  const constant = bias.reduce((most, b) => Math.max(most, Math.abs(b)), 0);
  const roughly = heaviest * widest + constant;
  return roughly < EXACT_LIMIT ? roughly : greatestTerms(operation, before) + constant;
}

function greatestTerms(operation: LinearOperation, before: readonly Intervals[]): number {
  const { channels, positions, taps, groups, weights, index, inputs } = operation;
  const sizes = inputs.flatMap((id) =>
    Array.from(before[id].hi, (h, i) => Math.max(Math.abs(h), Math.abs(before[id].lo[i]))),
  );
  let greatest = 0;
  for (let c = 0; c < channels; c++) {
    const group = Math.floor((c * groups) / channels);
    for (let p = 0; p < positions; p++) {
      let sum = 0;
      for (let k = 0; k < taps; k++) {
        const i = index[(group * positions + p) * taps + k];
        if (i >= 0) sum += Math.abs(weights[c * taps + k]) * sizes[i];
      }
      greatest = Math.max(greatest, sum);
    }
  }
  return greatest;
}

function greatestProduct(operation: MatmulOperation, before: readonly Intervals[]): number {
  const { inputs, inner, shift } = operation;
  const [a, b] = inputs.map((id) => magnitude(before[id])) as [number, number];
  return inner * a * b + (shift === 0 ? 0 : 2 ** (shift - 1));
}

/** The numerator of the reciprocal bounds its product with any share; the entries' sum is far below. */
function greatestShare({ numerator, rows, table }: SoftmaxOperation): number {
  const longest = rows.reduce((a, b) => Math.max(a, b));
  return Math.max(2 ** (numerator + 1), longest * table[0]);
}

/** The sum of squares (see circuits/norm.circom for its bound), the sum that a mean is of, an element times the root. */
function greatestNorm(
  { row, centered, meanBits, epsilon, rootBits }: NormalizeOperation,
  x: Intervals,
): number {
  const { least, most } = hull(x);
  const squares = centered
    ? (row * ((2 ** meanBits * (most - least)) ** 2 + 1)) / 4
    : row * Math.max(most, -least) ** 2;
  const sum = row * 2 ** meanBits * Math.max(most, -least);
  return Math.max(epsilon + squares, sum, 2 ** (rootBits + 1));
}
