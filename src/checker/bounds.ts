import type { Bounds, Known } from "./known.js";
import { boundsOfLinear } from "./linear.js";
import { boundsOfActivation, boundsOfLookup, boundsOfTopK } from "./choices.js";
import { greatest, rounded, span } from "./numbers.js";
import { cornersOf, sumsOf } from "./products.js";
import { operandsOf, type Operation, type OperationOf, type Program } from "./program.js";

/**
 * Bounds of every tensor of a program, in exact integers, from what the circuit lets an input be. Nothing here is
 * shared with the arithmetic that chose the circuit's widths.
 *
 * @param given bounds of tensors that do not follow from the program: inputs, and what secret weights give
 */
export function boundsOf(program: Program, given: ReadonlyMap<number, Bounds>): Known {
  const known: Known = { program, bounds: [], sums: new Map() };
  program.operations.forEach((operation, tensor) => {
    known.bounds.push(given.get(tensor) ?? boundsOfOperation(operation, tensor, known));
  });
  return known;
}

export function uniform(size: number, lo: bigint, hi: bigint): Bounds {
  return { lo: new Array<bigint>(size).fill(lo), hi: new Array<bigint>(size).fill(hi) };
}

/** The bounds of an operation's operands, one after the other. */
export function operandBounds(operation: Operation, { bounds }: Known): Bounds {
  const ids = operandsOf(operation);
  return ids.length === 1
    ? bounds[ids[0]]
    : { lo: ids.flatMap((id) => bounds[id].lo), hi: ids.flatMap((id) => bounds[id].hi) };
}

function boundsOfOperation(operation: Operation, tensor: number, known: Known): Bounds {
  const x = operandBounds(operation, known);
  const { size } = operation;
  switch (operation.kind) {
    case "input":
      return uniform(size, BigInt(operation.lo), BigInt(operation.hi));
    case "linear":
      return boundsOfLinear(operation, x);
    case "view": {
      const pick = (side: readonly bigint[]) => operation.index.map((i) => (i < 0 ? 0n : side[i]));
      return { lo: pick(x.lo), hi: pick(x.hi) };
    }
    case "requantize":
      return { lo: requantized(operation, x.lo), hi: requantized(operation, x.hi) };
    case "max": {
      const of = (side: readonly bigint[]) =>
        Array.from({ length: size }, (_, i) => greatest(windowOf(operation, i).map((at) => side[at])));
      return { lo: of(x.lo), hi: of(x.hi) };
    }
    case "activate":
      return boundsOfActivation(operation, x);
    case "argmax":
      return uniform(size, 0n, BigInt(operation.classes - 1));
    case "topk":
      return boundsOfTopK(operation, x);
    case "product":
      return boundsOfProduct(operation, known);
    case "reciprocal": {
      // Of 0 there is no witness.
      const of = (value: bigint) => span(operation.numerator) / (value < 1n ? 1n : value);
      return { lo: x.hi.map(of), hi: x.lo.map(of) };
    }
    case "matmul": {
      const sums = sumsOf(operation, known);
      known.sums.set(tensor, sums);
      const of = (side: readonly bigint[]) =>
        side.map((sum, i) => (isWanted(operation, i) ? rounded(sum, operation.shift) : 0n));
      return { lo: of(sums.lo), hi: of(sums.hi) };
    }
    case "lookup":
      return boundsOfLookup(operation, x);
    case "softmax":
      return uniform(size, 0n, span(operation.fraction));
    case "normalize": {
      // |x| (2^t - 2^g) / sqrt(epsilon + sum of squares) is below 2^t - 2^g, then shifted by g.
      const most = span(operation.rootBits - operation.drop) - 1n;
      return uniform(size, -most, most);
    }
  }
}

/** The elements of a window that are there: -1 is padding. */
export function windowOf({ index, window }: OperationOf<"max">, i: number): number[] {
  return index.slice(i * window, (i + 1) * window).filter((at) => at >= 0);
}

function requantized(
  { size, blocks, shift, lo, hi }: OperationOf<"requantize">,
  x: readonly bigint[],
): bigint[] {
  const [floor, ceiling] = [lo === null ? null : BigInt(lo), hi === null ? null : BigInt(hi)];
  return x.map((value, i) => {
    const q = rounded(value, shift[Math.floor((i * blocks) / size)]);
    if (floor !== null && q < floor) return floor;
    return ceiling !== null && q > ceiling ? ceiling : q;
  });
}

function boundsOfProduct({ inputs, size }: OperationOf<"product">, { bounds }: Known): Bounds {
  const [a, b] = inputs.map((id) => bounds[id]);
  const ends = Array.from({ length: size }, (_, i) => cornersOf(a.lo[i], a.hi[i], b.lo[i], b.hi[i]));
  // A square is not negative.
  const isSquare = inputs[0] === inputs[1];
  return { lo: ends.map(([lo]) => (isSquare && lo < 0n ? 0n : lo)), hi: ends.map(([, hi]) => hi) };
}

/** Whether the program reads an element of a product, which is 0 above the diagonal of a causal one. */
function isWanted({ rows, columns, causal }: OperationOf<"matmul">, element: number): boolean {
  const [row, column] = [Math.floor(element / columns) % rows, element % columns];
  return !causal || column <= row + columns - rows;
}
