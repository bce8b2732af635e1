import { enclosure, SMALL } from "./enclosure.js";
import { MOST_EXPONENT, powerOf } from "./exponential.js";
import * as fast from "./fast.js";
import * as fixed from "./fixedPoint.js";
import { nearestDouble, toFixedPoint } from "./rounding.js";

/** The hyperbolic sine. */
export function sinh(x: number): number {
  if (Math.abs(x) < SMALL || !Number.isFinite(x)) return x;
  if (Math.abs(x) > MOST_EXPONENT + 1) return Math.sign(x) * Infinity;
  const size = nearestDouble((bits) => {
    const { power, exponent } = powerOf(Math.abs(x), bits);
    return { ...enclosure(power - (1n << BigInt(2 * bits)) / power, bits, exponent), exponent: -bits - 1 };
  });
  return Math.sign(x) * size;
}

/** The hyperbolic cosine. */
export function cosh(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) > MOST_EXPONENT + 1) return Infinity;
  return nearestDouble((bits) => {
    const { power, exponent } = powerOf(Math.abs(x), bits);
    return { ...enclosure(power + (1n << BigInt(2 * bits)) / power, bits, exponent), exponent: -bits - 1 };
  });
}

/** The hyperbolic tangent. */
export function tanh(x: number): number {
  if (Math.abs(x) < SMALL || Number.isNaN(x)) return x;
  if (Math.abs(x) > 20) return Math.sign(x);
  const quick = fast.rounded(fast.tanh(x));
  if (quick !== undefined) return quick;
  const size = nearestDouble((bits) => {
    const { power } = powerOf(2 * Math.abs(x), bits);
    const one = 1n << BigInt(bits);
    return enclosure(((power - one) << BigInt(bits)) / (power + one), bits);
  });
  return Math.sign(x) * size;
}

/** The inverse of the hyperbolic sine, log(x + sqrt(x^2 + 1)). */
export function asinh(x: number): number {
  if (Math.abs(x) < SMALL || !Number.isFinite(x)) return x;
  const size = nearestDouble((bits) => {
    const value = toFixedPoint(Math.abs(x), bits);
    const root = fixed.squareRoot(value * value + (1n << BigInt(2 * bits)));
    return enclosure(fixed.log(value + root, bits), bits);
  });
  return Math.sign(x) * size;
}

/** The inverse of the hyperbolic cosine, log(x + sqrt(x^2 - 1)). */
export function acosh(x: number): number {
  if (!(x >= 1)) return NaN;
  if (x === Infinity) return Infinity;
  return nearestDouble((bits) => {
    const value = toFixedPoint(x, bits);
    const root = fixed.squareRoot(value * value - (1n << BigInt(2 * bits)));
    return enclosure(fixed.log(value + root, bits), bits);
  });
}

/** The inverse of the hyperbolic tangent, log((1 + x) / (1 - x)) / 2. */
export function atanh(x: number): number {
  if (Math.abs(x) < SMALL) return x;
  if (!(Math.abs(x) < 1)) return Math.abs(x) === 1 ? x * Infinity : NaN;
  const size = nearestDouble((bits) => {
    const [one, value] = [1n << BigInt(bits), toFixedPoint(Math.abs(x), bits)];
    const logarithm = fixed.log(one + value, bits) - fixed.log(one - value, bits);
    return { ...enclosure(logarithm, bits, 1), exponent: -bits - 1 };
  });
  return Math.sign(x) * size;
}
