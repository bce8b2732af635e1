import { shiftRound, type MatMulShape } from "../../src/program/arithmetic.js";

/**
 * What templates mean that no generated circuit has as they are, on integers: those of `circuits/library`, and the
 * matrix product without its layer. As in `src/program/arithmetic.ts`, which has the others.
 */

/** floor(sqrt(x)) (SquareRoot). The square root of Float64 is off by one at most. */
export function squareRoot(x: number): number {
  let root = Math.floor(Math.sqrt(x));
  while (root * root > x) root--;
  while ((root + 1) * (root + 1) <= x) root++;
  return root;
}

/** Coefficients of a piecewise quadratic: one of each per piece. */
export interface Quadratics {
  readonly A: readonly number[];
  readonly B: readonly number[];
  readonly C: readonly number[];
}

/**
 * The table that a piecewise quadratic stands for: T[2^l h + y] = floor((A[h] + (B[h] + C[h] y) y + 2^(g-1)) / 2^g)
 * (QuadraticOfBits).
 *
 * @throws RangeError if an entry is not in [0, 2^w)
 */
export function quadraticTable({ A, B, C }: Quadratics, l: number, g: number, w: number): number[] {
  return Array.from({ length: A.length * 2 ** l }, (_, x) => {
    const h = Math.floor(x / 2 ** l);
    const y = x % 2 ** l;
    const entry = shiftRound(A[h] + (B[h] + C[h] * y) * y, g);
    if (entry < 0 || entry >= 2 ** w) throw new RangeError(`entry ${x} is ${entry}, not of ${w} bits`);
    return entry;
  });
}

/**
 * Coefficients of a piecewise quadratic near a real function of 0 .. 2^(s + l) - 1: each piece goes through three
 * points, near those of Chebyshev. Which integers these are is a matter of quality only; {@link quadraticTable} is
 * what they mean.
 */
export function fitQuadratics(f: (x: number) => number, s: number, l: number, g: number): Quadratics {
  const A: number[] = [];
  const B: number[] = [];
  const C: number[] = [];
  const width = 2 ** l - 1;
  for (let h = 0; h < 2 ** s; h++) {
    const at = (y: number) => f(2 ** l * h + y);
    const [p, q, r] = [0.067, 0.5, 0.933].map((part) => part * width);
    const slope = (at(q) - at(p)) / (q - p);
    const c = ((at(r) - at(q)) / (r - q) - slope) / (r - p);
    const b = slope - c * (p + q);
    A.push(Math.round((at(p) - (b + c * p) * p) * 2 ** g));
    B.push(Math.round(b * 2 ** g));
    C.push(Math.round(c * 2 ** g));
  }
  return { A, B, C };
}

/** floor((H[x >> m] L[x mod 2^m] + 2^(g-1)) / 2^g), or 0 beyond the tables (ExpProduct); L has 2^m entries. */
export function exponentialProduct(
  x: number,
  high: ArrayLike<number>,
  low: ArrayLike<number>,
  g: number,
): number {
  const h = Math.floor(x / low.length);
  return h < high.length ? shiftRound(high[h] * low[x % low.length], g) : 0;
}

/** The product of two matrices, given by rows, each element requantized by f bits (MatMul). */
export function matMul(
  a: readonly number[],
  b: readonly number[],
  { n, d, m, causal = false }: MatMulShape,
  f: number,
): number[] {
  return Array.from({ length: n * m }, (_, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    if (causal && j > i + m - n) return 0;
    let sum = 0;
    for (let t = 0; t < d; t++) sum += a[i * d + t] * b[t * m + j];
    return shiftRound(sum, f);
  });
}
