/**
 * Unevaluated sums of two doubles, some 106 bits, from additions, multiplications and divisions of doubles alone: IEEE 754
 * fixes each of these, so that they are the same on every machine.
 */
export interface DoubleDouble {
  readonly hi: number;
  readonly lo: number;
}

/** a + b exactly. */
export function twoSum(a: number, b: number): DoubleDouble {
  const hi = a + b;
  const part = hi - a;
  return { hi, lo: a - (hi - part) + (b - part) };
}

/** a + b exactly where |a| >= |b|. */
export function fastTwoSum(a: number, b: number): DoubleDouble {
  const hi = a + b;
  return { hi, lo: b - (hi - a) };
}

/** 2^27 + 1: splits a double into two of 26 bits. */
const SPLITTER = 134217729;

/** a b exactly, for factors from 2^-400 to 2^400. */
export function twoProduct(a: number, b: number): DoubleDouble {
  const hi = a * b;
  const [wideA, wideB] = [SPLITTER * a, SPLITTER * b];
  const [aHi, bHi] = [wideA - (wideA - a), wideB - (wideB - b)];
  const [aLo, bLo] = [a - aHi, b - bHi];
  return { hi, lo: aHi * bHi - hi + aHi * bLo + aLo * bHi + aLo * bLo };
}

/** x + y; off by some 2^-104 of the greater of the two. */
export function sum(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const { hi, lo } = twoSum(x.hi, y.hi);
  return fastTwoSum(hi, lo + (x.lo + y.lo));
}

/** x y; off by some 2^-102 of it. */
export function product(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const { hi, lo } = twoProduct(x.hi, y.hi);
  return fastTwoSum(hi, lo + (x.hi * y.lo + x.lo * y.hi));
}

/** x / y; off by some 2^-102 of it. */
export function quotient(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const first = x.hi / y.hi;
  const { hi, lo } = twoProduct(first, y.hi);
  const rest = x.hi - hi - lo + (x.lo - first * y.lo);
  return fastTwoSum(first, rest / y.hi);
}
