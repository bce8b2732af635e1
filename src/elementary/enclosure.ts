import { ERROR_BITS } from "./fixedPoint.js";
import type { Enclosure } from "./rounding.js";

/** Arguments below this in size: x^2 changes neither 1 + x^2 nor x (1 + x^2) as doubles. */
export const SMALL = 2 ** -28;

/** An integer of `bits` fraction bits, off by the error of a function of fixedPoint.ts, times 2^scale. */
export function enclosure(value: bigint, bits: number, scale = 0): Enclosure {
  return { value, error: 1n << BigInt(ERROR_BITS + Math.max(0, scale)), exponent: -bits };
}
