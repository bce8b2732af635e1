import { enclosure } from "./enclosure.js";
import * as fast from "./fast.js";
import * as fixed from "./fixedPoint.js";
import { nearestDouble, toFixedPoint } from "./rounding.js";

/** Below, x^2/2 does not change 1 + x or x (1 + x) as doubles. */
const TINY = 2 ** -55;
/** What all of exp's finite results that are not 0 come from. */
const LEAST_EXPONENT = -746;
export const MOST_EXPONENT = 710;
/** Between, results are normal numbers, and so are what they are computed from. */
const FAST_EXPONENT = 700;
const LEAST_NORMAL = 2 ** -1022;

/** e^x. */
export function exp(x: number): number {
  if (Math.abs(x) <= FAST_EXPONENT && Math.abs(x) >= TINY) {
    const quick = fast.rounded(fast.exp(x));
    if (quick !== undefined) return quick;
  }
  if (Number.isNaN(x)) return NaN;
  if (x > MOST_EXPONENT) return Infinity;
  if (x < LEAST_EXPONENT) return 0;
  if (Math.abs(x) < TINY) return 1;
  return nearestDouble((bits) => {
    const { significand, exponent } = fixed.exp(toFixedPoint(x, bits), bits);
    return { ...enclosure(significand, bits), exponent: exponent - bits };
  });
}

/** e^x - 1, exact where x is near to 0. */
export function expm1(x: number): number {
  if (Math.abs(x) < TINY) return x;
  if (Math.abs(x) <= FAST_EXPONENT) {
    const quick = fast.rounded(fast.expm1(x));
    if (quick !== undefined) return quick;
  }
  if (Number.isNaN(x)) return NaN;
  if (x > MOST_EXPONENT) return Infinity;
  if (x < LEAST_EXPONENT) return -1;
  return nearestDouble((bits) => {
    const { power, exponent } = powerOf(x, bits);
    return enclosure(power - (1n << BigInt(bits)), bits, exponent);
  });
}

/** e^x with `bits` fraction bits: off by 2^exponent as much as a function of `fixed`. */
export function powerOf(x: number, bits: number): { readonly power: bigint; readonly exponent: number } {
  const { significand, exponent } = fixed.exp(toFixedPoint(x, bits), bits);
  return { power: fixed.shifted(significand, exponent), exponent };
}

/** The natural logarithm. */
export function log(x: number): number {
  if (x >= LEAST_NORMAL && x < Infinity) {
    const quick = fast.rounded(fast.log(x));
    if (quick !== undefined) return quick;
  }
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  return nearestDouble((bits) => enclosure(fixed.logOfDouble(x, bits), bits));
}

/** log(1 + x), exact where x is near to 0. */
export function log1p(x: number): number {
  if (Math.abs(x) < TINY) return x;
  if (x > -1 && x < Infinity) {
    const sum = 1 + x;
    // What the sum loses: of the smaller of the two.
    const rest = Math.abs(x) < 1 ? x - (sum - 1) : 1 - (sum - x);
    const quick = fast.rounded(fast.log(sum, rest));
    if (quick !== undefined) return quick;
  }
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  return nearestDouble((bits) =>
    enclosure(fixed.log((1n << BigInt(bits)) + toFixedPoint(x, bits), bits), bits),
  );
}

/** The logarithm to base 10. */
export function log10(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  return nearestDouble((bits) => {
    const ten = fixed.log(10n << BigInt(bits), bits);
    return enclosure((fixed.logOfDouble(x, bits) << BigInt(bits)) / ten, bits, 10);
  });
}
