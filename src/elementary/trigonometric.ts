import { enclosure, SMALL } from "./enclosure.js";
import * as fixed from "./fixedPoint.js";
import { bitLengthOf, nearestDouble, toFixedPoint } from "./rounding.js";

/** The sine. */
export function sin(x: number): number {
  if (Math.abs(x) < SMALL) return x;
  if (!Number.isFinite(x)) return NaN;
  return nearestDouble((bits) => enclosure(fixed.sineCosine(toFixedPoint(x, bits), bits).sine, bits));
}

/** The cosine. */
export function cos(x: number): number {
  if (Math.abs(x) < SMALL) return 1;
  if (!Number.isFinite(x)) return NaN;
  return nearestDouble((bits) => enclosure(fixed.sineCosine(toFixedPoint(x, bits), bits).cosine, bits));
}

/** The tangent. */
export function tan(x: number): number {
  if (Math.abs(x) < SMALL) return x;
  if (!Number.isFinite(x)) return NaN;
  return nearestDouble((bits) => {
    const { sine, cosine } = fixed.sineCosine(toFixedPoint(x, bits), bits);
    const value = (sine << BigInt(bits)) / cosine;
    // The quotient's error is the operands', 1 + |tan x| times, over the cosine.
    const size = Math.max(0, bitLengthOf(value) - bits) + 1 + bits - bitLengthOf(cosine) + 1;
    return enclosure(value, bits, size);
  });
}

/** The arc sine. */
export function asin(x: number): number {
  if (Math.abs(x) < SMALL) return x;
  if (!(Math.abs(x) <= 1)) return NaN;
  return Math.sign(x) * nearestDouble((bits) => enclosure(arcSine(Math.abs(x), bits), bits));
}

/** The arc cosine. */
export function acos(x: number): number {
  if (!(Math.abs(x) <= 1)) return NaN;
  if (x === 1) return 0;
  return nearestDouble((bits) => {
    const angle = arcSine(Math.abs(x), bits);
    return enclosure((fixed.pi(bits) >> 1n) - (x < 0 ? -angle : angle), bits);
  });
}

/** arcsin x = arctan(x / sqrt(1 - x^2)), 0 <= x <= 1; tiny numbers lose their digits. */
function arcSine(x: number, bits: number): bigint {
  const value = toFixedPoint(x, bits);
  const root = fixed.squareRoot((1n << BigInt(2 * bits)) - value * value);
  if (root === 0n) return fixed.pi(bits) >> 1n;
  return fixed.arcTangent((value << BigInt(bits)) / root, bits);
}

/** The arc tangent. */
export function atan(x: number): number {
  if (Math.abs(x) < SMALL || Number.isNaN(x)) return x;
  const size = Math.min(Math.abs(x), Number.MAX_VALUE);
  return (
    Math.sign(x) * nearestDouble((bits) => enclosure(fixed.arcTangent(toFixedPoint(size, bits), bits), bits))
  );
}
