import { bitLengthOf, exactly } from "./rounding.js";

/**
 * Elementary functions on numbers of `bits` fraction bits, held as integers. A result is off by less than 2^ERROR_BITS
 * of its last place, for arguments below 2^1100 that are off by less than 2 of theirs. Intermediate results are rounded
 * down, by one place each, in far fewer steps than that.
 */
export const ERROR_BITS = 24;

/** Constants that were computed once, by their number of fraction bits. */
function memoized(compute: (bits: number) => bigint): (bits: number) => bigint {
  const known = new Map<number, bigint>();
  return (bits) => {
    let value = known.get(bits);
    if (value === undefined) known.set(bits, (value = compute(bits)));
    return value;
  };
}

/** Further bits with which a constant is computed, so that its last place is right but for one. */
const GUARD = 32;

/** log 2 = 2 atanh(1/3). */
export const log2 = memoized((bits) => (2n * inverseTangents(3n, bits + GUARD, 1n)) >> BigInt(GUARD));

/** Machin's formula: pi = 16 arctan(1/5) - 4 arctan(1/239). */
export const pi = memoized(
  (bits) =>
    (16n * inverseTangents(5n, bits + GUARD, -1n) - 4n * inverseTangents(239n, bits + GUARD, -1n)) >>
    BigInt(GUARD),
);

/** The sum of sign^k / ((2k + 1) n^(2k + 1)): atanh(1/n) with sign 1, arctan(1/n) with sign -1. */
function inverseTangents(n: bigint, bits: number, sign: bigint): bigint {
  let [sum, power, factor] = [0n, (1n << BigInt(bits)) / n, 1n];
  for (let k = 1n; power > 0n; k += 2n) {
    sum += (factor * power) / k;
    power /= n * n;
    factor *= sign;
  }
  return sum;
}

/** The sum of sign^k z^(2k + 1) / (2k + 1), |z| well below 1. */
function inverseTangentSeries(z: bigint, bits: number, sign: bigint): bigint {
  const point = BigInt(bits);
  const square = (z * z) >> point;
  let [sum, power, factor] = [0n, z, 1n];
  for (let k = 1n; power !== 0n && power !== -1n; k += 2n) {
    sum += (factor * power) / k;
    power = (power * square) >> point;
    factor *= sign;
  }
  return sum;
}

/** Halvings of an exponent in front of its series, made up for by squaring. */
const HALVINGS = 8n;

/** e^x as significand 2^exponent, with the significand in [1, 2). */
export function exp(x: bigint, bits: number): { readonly significand: bigint; readonly exponent: number } {
  const point = BigInt(bits);
  // The multiple of log 2 is off by as many places as there are of it.
  const unit = log2(bits);
  const exponent = x >= 0n ? x / unit : -((unit - 1n - x) / unit);
  const part = (x - exponent * unit) >> HALVINGS;
  let [sum, term] = [1n << point, 1n << point];
  for (let k = 1n; term > 0n; k++) {
    term = ((term * part) >> point) / k;
    sum += term;
  }
  for (let i = 0n; i < HALVINGS; i++) sum = (sum * sum) >> point;
  return { significand: sum, exponent: Number(exponent) };
}

/** log x, x > 0. */
export function log(x: bigint, bits: number): bigint {
  const one = 1n << BigInt(bits);
  // x = m 2^exponent with m from 1/sqrt 2 to sqrt 2, or nearly: then log m is small where x is near to 1.
  let exponent = bitLengthOf(x) - bits;
  if (shifted(x, 1 - exponent) * 10n < one * 14n) exponent--;
  const m = shifted(x, -exponent);
  const z = ((m - one) << BigInt(bits)) / (m + one);
  return 2n * inverseTangentSeries(z, bits, 1n) + BigInt(exponent) * log2(bits);
}

/** log x of a positive double: of its significand and its exponent, so that no digit of a small number is lost. */
export function logOfDouble(x: number, bits: number): bigint {
  const { mantissa, exponent } = exactly(x);
  const length = bitLengthOf(mantissa);
  // From 1/2 to 1 and from 1 to 2, so that nothing cancels out near to 1.
  const above = x < 1 ? 0 : 1;
  const significand = mantissa << BigInt(bits - length + above);
  return log(significand, bits) + BigInt(exponent + length - above) * log2(bits);
}

/** x 2^by, rounded down. */
export function shifted(x: bigint, by: number): bigint {
  return by >= 0 ? x << BigInt(by) : x >> BigInt(-by);
}

/** The square root, rounded down, of x >= 0 with twice `bits` fraction bits: as many as its square has. */
export function squareRoot(x: bigint): bigint {
  if (x === 0n) return 0n;
  let root = 1n << BigInt((bitLengthOf(x) + 1) >> 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Halvings of an angle in front of the series of the arc tangent. */
const ANGLE_HALVINGS = 3n;

/** arctan x, x >= 0. */
export function arcTangent(x: bigint, bits: number): bigint {
  const point = BigInt(bits);
  const one = 1n << point;
  if (x > one) return (pi(bits) >> 1n) - arcTangent((one << point) / x, bits);
  let z = x;
  for (let i = 0n; i < ANGLE_HALVINGS; i++) z = (z << point) / (one + squareRoot((one << point) + z * z));
  return inverseTangentSeries(z, bits, -1n) << ANGLE_HALVINGS;
}

/** sin x and cos x. */
export function sineCosine(x: bigint, bits: number): { readonly sine: bigint; readonly cosine: bigint } {
  // A quarter turn is off by as many places as there are of it.
  const further = Math.max(0, bitLengthOf(x) - bits) + GUARD;
  const quarter = pi(bits + further) >> 1n;
  const wide = x << BigInt(further);
  const turns = (2n * wide + quarter) / (2n * quarter) - (2n * wide + quarter < 0n ? 1n : 0n);
  const angle = (wide - turns * quarter) >> BigInt(further);
  const [sine, cosine] = [alternating(angle, bits, 1n), alternating(angle, bits, 0n)];
  switch (turns & 3n) {
    case 0n:
      return { sine, cosine };
    case 1n:
      return { sine: cosine, cosine: -sine };
    case 2n:
      return { sine: -sine, cosine: -cosine };
    default:
      return { sine: -cosine, cosine: sine };
  }
}

/** The sum of (-1)^k x^(2k + first) / (2k + first)!: the sine's from 1 on, the cosine's from 0 on. */
function alternating(x: bigint, bits: number, first: bigint): bigint {
  const point = BigInt(bits);
  const square = (x * x) >> point;
  let term = first === 1n ? x : 1n << point;
  let sum = 0n;
  for (let k = first; term !== 0n && term !== -1n; k += 2n) {
    sum += term;
    term = -((term * square) >> point) / ((k + 1n) * (k + 2n));
  }
  return sum;
}
