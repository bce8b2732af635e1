import type { Bounds } from "./known.js";
import type { OperationOf } from "./program.js";

type Linear = OperationOf<"linear">;

/** The constant of an output of a linear layer. */
function biasOf({ channels, positions, bias }: Linear, element: number): bigint {
  return BigInt(bias[bias.length === channels ? Math.floor(element / positions) : element]);
}

/** Where the row of `index` starts that an output reads. */
function rowOf({ channels, positions, groups, taps }: Linear, element: number): number {
  const group = Math.floor((Math.floor(element / positions) * groups) / channels);
  return (group * positions + (element % positions)) * taps;
}

/** An output of a linear layer as its constant, and its weights by input element. */
export function linearForm(
  operation: Linear,
  element: number,
): [constant: bigint, form: Map<number, bigint>] {
  const { positions, taps, weights, index } = operation;
  const own = Math.floor(element / positions) * taps;
  const row = rowOf(operation, element);
  const form = new Map<number, bigint>();
  for (let k = 0; k < taps; k++) {
    const source = index[row + k];
    if (source >= 0 && weights[own + k] !== 0)
      form.set(source, (form.get(source) ?? 0n) + BigInt(weights[own + k]));
  }
  return [biasOf(operation, element), form];
}

/** The range of a constant plus a linear form. */
export function rangeOfForm(
  constant: bigint,
  form: ReadonlyMap<number, bigint>,
  x: Bounds,
): [lo: bigint, hi: bigint] {
  let [lo, hi] = [constant, constant];
  for (const [source, weight] of form) {
    lo += weight * (weight > 0n ? x.lo[source] : x.hi[source]);
    hi += weight * (weight > 0n ? x.hi[source] : x.lo[source]);
  }
  return [lo, hi];
}

export function boundsOfLinear(operation: Linear, x: Bounds): Bounds {
  const { size, positions, taps } = operation;
  const repeats = rowsWithRepeats(operation);
  const sums = sumsWithoutRepeats(operation, x);
  const lo: bigint[] = [];
  const hi: bigint[] = [];
  for (let element = 0; element < size; element++) {
    const row = rowOf(operation, element);
    if (repeats.has(row)) {
      // An input that is read twice is one input: its weights are summed before its range is taken.
      const [from, to] = rangeOfForm(...linearForm(operation, element), x);
      lo.push(from);
      hi.push(to);
      continue;
    }
    const [from, to] = sums(Math.floor(element / positions) * taps, row);
    const constant = biasOf(operation, element);
    lo.push(constant + from);
    hi.push(constant + to);
  }
  return { lo, hi };
}

type Sums = (own: number, row: number) => [lo: bigint, hi: bigint];

/**
 * The range of a row's inputs times the weights that begin at `own`: in doubles where no sum of them
 * comes to 2^53, so that all are exact.
 */
function sumsWithoutRepeats({ taps, weights, index }: Linear, x: Bounds): Sums {
  const [least, most] = [x.lo, x.hi].map((side) => Float64Array.from(side, Number));
  const reach = (all: ArrayLike<number>) => {
    let far = 0;
    for (let i = 0; i < all.length; i++) far = Math.max(far, Math.abs(all[i]));
    return far;
  };
  const isExact = taps * reach(weights) * Math.max(reach(least), reach(most)) < 2 ** 52;
  return (own, row) => {
    let lo = 0;
    let hi = 0;
    let [exactLo, exactHi] = [0n, 0n];
    for (let k = 0; k < taps; k++) {
      const source = index[row + k];
      const weight = weights[own + k];
      if (source < 0 || weight === 0) continue;
      if (isExact) {
        lo += weight * (weight > 0 ? least[source] : most[source]);
        hi += weight * (weight > 0 ? most[source] : least[source]);
      } else {
        exactLo += BigInt(weight) * (weight > 0 ? x.lo[source] : x.hi[source]);
        exactHi += BigInt(weight) * (weight > 0 ? x.hi[source] : x.lo[source]);
      }
    }
    return isExact ? [BigInt(lo), BigInt(hi)] : [exactLo, exactHi];
  };
}

/** Starts of the rows of `index` that name an input more than once. */
function rowsWithRepeats({ index, taps }: Linear): Set<number> {
  const found = new Set<number>();
  for (let row = 0; row < index.length; row += taps) {
    const read = index.slice(row, row + taps).filter((source) => source >= 0);
    if (new Set(read).size < read.length) found.add(row);
  }
  return found;
}
