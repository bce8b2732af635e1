import { exp, log, log1p, sin } from "../elementary/functions.js";

/** Functions that the platform lacks. */

/**
 * The error function to double precision: the series of Abramowitz & Stegun 7.1.6 near zero, the continued
 * fraction 7.1.14 of its complement beyond.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (a > 6) return Math.sign(x);
  const scale = exp(-a * a);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * scale * sum;
  }
  let fraction = a;
  for (let n = 60; n >= 1; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - scale / (fraction * Math.sqrt(Math.PI)));
}

/** To the nearest integer, ties to the even one: the rounding of torch.round and ONNX Round. */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** log |Γ(x)|: Stirling's series from 10 on, which the recurrence Γ(x + 1) = x · Γ(x) leads to, and a reflection below 0. */
export function logGamma(x: number): number {
  if (x <= 0) {
    if (Number.isInteger(x)) return Infinity;
    return log(Math.PI / Math.abs(sin(Math.PI * x))) - logGamma(1 - x);
  }
  let shift = 0;
  let z = x;
  for (; z < 10; z++) shift += log(z);
  const square = 1 / (z * z);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / z;
  return (z - 0.5) * log(z) - z + log(2 * Math.PI) / 2 + series - shift;
}

/** The number of which erf is x: Winitzki's approximation, made exact by Newton's steps. */
export function erfInverse(x: number): number {
  if (!(Math.abs(x) < 1)) return Math.abs(x) === 1 ? x * Infinity : NaN;
  const log = log1p(-x * x);
  const half = 2 / (Math.PI * 0.147) + log / 2;
  let result = Math.sign(x) * Math.sqrt(Math.sqrt(half * half - log / 0.147) - half);
  for (let i = 0; i < 4; i++)
    result -= ((erf(result) - x) * Math.sqrt(Math.PI)) / (2 * exp(-result * result));
  return result;
}
