import { Unreadable } from "./findings.js";

/** Whole numbers, as circuits/divide.circom computes with them. */

/** 2^bits. */
export function span(bits: number | bigint): bigint {
  const count = BigInt(bits);
  if (count < 0n || count > 4096n) throw new Unreadable(`a width of ${count} bits`);
  return 1n << count;
}

/** Bits that hold 0 .. x. */
export function bitsOf(x: bigint): number {
  return x <= 0n ? 0 : x.toString(2).length;
}

/** floor(sqrt(x)), by Newton's method from above. */
export function rootOf(x: bigint): bigint {
  if (x < 1n) return 0n;
  let root = 1n << BigInt((bitsOf(x) + 1) >> 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** floor((x + 2^(shift-1)) / 2^shift); no rounding term where shift is 0. */
export function rounded(x: bigint, shift: number): bigint {
  return shift === 0 ? x : (x + (1n << BigInt(shift - 1))) >> BigInt(shift);
}

/** floor(x / y) for y >= 1. */
export function floorDivided(x: bigint, y: bigint): bigint {
  const rest = ((x % y) + y) % y;
  return (x - rest) / y;
}

export function abs(x: bigint): bigint {
  return x < 0n ? -x : x;
}

export function least(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a < b ? a : b));
}

export function greatest(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a > b ? a : b));
}
