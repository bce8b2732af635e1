import * as fixed from "./fixedPoint.js";
import { bitLengthOf, exactly, nearestDouble } from "./rounding.js";

/** Whole exponents up to here are products, as in PyTorch. */
const MOST_FACTORS = 16;

/** Beyond, the exponent of e decides: the result is infinite, or 0. */
const BEYOND = 2n ** 12n;

/**
 * x^y. Where y is whole and at most 16 from 0, the product of the factors, or 1 over it; else the nearest double.
 * Special values are those of `**`.
 */
export function pow(x: number, y: number): number {
  if (Number.isInteger(y) && Math.abs(y) <= MOST_FACTORS) return y < 0 ? 1 / power(x, -y) : power(x, y);
  if (isSpecial(x, y)) return Math.pow(x, y); // eslint-disable-line no-restricted-properties -- ECMAScript defines each of these results
  const isNegative = x < 0 && Number.isInteger(y) && isOdd(y);
  if (x < 0 && !Number.isInteger(y)) return NaN;
  const size = nearestDouble((bits) => {
    const { mantissa, exponent } = exactly(y);
    // The logarithm has as many further bits as y is long, so that its product with y has none less.
    const further = Math.max(0, bitLengthOf(mantissa) + exponent) + 2;
    const wide = bits + Math.min(further, 80);
    const product = mantissa * fixed.logOfDouble(Math.abs(x), wide);
    const argument = fixed.shifted(product, exponent - (wide - bits));
    const limit = BEYOND << BigInt(bits);
    if (argument >= limit || argument <= -limit)
      return { value: 1n, error: 0n, exponent: argument > 0n ? 4096 : -4096 };
    const { significand, exponent: scale } = fixed.exp(argument, bits);
    return { value: significand, error: 1n << BigInt(fixed.ERROR_BITS + 24), exponent: scale - bits };
  });
  return isNegative ? -size : size;
}

/** x^n by squaring: few products, always in the same order. */
function power(x: number, n: number): number {
  if (n === 0) return 1;
  if (n === 1) return x;
  const half = power(x, n >> 1);
  return n % 2 === 0 ? half * half : half * half * x;
}

function isSpecial(x: number, y: number): boolean {
  return !Number.isFinite(x) || !Number.isFinite(y) || x === 0 || y === 0 || x === 1;
}

function isOdd(y: number): boolean {
  return Math.abs(y % 2) === 1;
}
