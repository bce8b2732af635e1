import { concatenate } from "./concatenate.js";

/** For each element of a tensor, the least and the greatest integer that any input of the domain can give. */
export interface Intervals {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  /** Shares of a whole: the natural numbers of one group sum to at most `hi`; group -1 is none. */
  readonly shares?: { readonly group: Int32Array; readonly hi: number };
  /** Sums with secret weights: what honest weights give, where lo and hi hold for any. */
  readonly honest?: Bounds;
}

/** The least and the greatest of some numbers. */
export interface Bounds {
  readonly lo: number;
  readonly hi: number;
}

/** Equal intervals, so many. */
export function uniform(size: number, lo: number, hi: number): Intervals {
  return { lo: new Float64Array(size).fill(lo), hi: new Float64Array(size).fill(hi) };
}

/** The bounds of all elements together. */
export function hull(intervals: Intervals): Bounds {
  let lo = Infinity;
  let hi = -Infinity;
  for (let i = 0; i < intervals.lo.length; i++) lo = Math.min(lo, intervals.lo[i]);
  for (let i = 0; i < intervals.hi.length; i++) hi = Math.max(hi, intervals.hi[i]);
  return { lo, hi };
}

/** The greatest |x| of all elements. */
export function magnitude(intervals: Intervals): number {
  const { lo, hi } = hull(intervals);
  return Math.max(hi, -lo);
}

/** The intervals of operands, one after the other. */
export function joined(operands: readonly Intervals[]): Intervals {
  return {
    lo: concatenate(operands.map(({ lo }) => lo)),
    hi: concatenate(operands.map(({ hi }) => hi)),
  };
}

/** The bounds of a product of two elements. */
export function corners(a: Intervals, i: number, b: Intervals, j: number): Bounds {
  const products = [a.lo[i] * b.lo[j], a.lo[i] * b.hi[j], a.hi[i] * b.lo[j], a.hi[i] * b.hi[j]];
  return { lo: Math.min(...products), hi: Math.max(...products) };
}
