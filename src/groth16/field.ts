import { FIELD_ORDER } from "../circom/field.js";
import { randomBits } from "./random.js";

export { FIELD_ORDER };

/** The order of the field that the curve's coordinates are in. */
export const BASE_FIELD_ORDER =
  21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** A generator of the scalar field's multiplicative group; r - 1 = 2^28 · odd. */
const GENERATOR = 5n;

/** A power of two: the largest domain that the field has roots of unity for. */
export const MAX_DOMAIN_POWER = 28;

/** The representative in [0, r). */
export function mod(value: bigint): bigint {
  const rest = value % FIELD_ORDER;
  return rest < 0n ? rest + FIELD_ORDER : rest;
}

export function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (
    let square = mod(base), rest = exponent;
    rest > 0n;
    rest >>= 1n, square = (square * square) % FIELD_ORDER
  )
    if (rest & 1n) result = (result * square) % FIELD_ORDER;
  return result;
}

export function invert(value: bigint): bigint {
  return power(value, FIELD_ORDER - 2n);
}

/** A secret scalar: uniform up to 2^-130, never 0. */
export function randomScalar(): bigint {
  for (;;) {
    const value = mod(randomBits(384));
    if (value !== 0n) return value;
  }
}

/** A primitive root of unity of the order `size`, the same one that snarkjs takes. */
export function rootOfUnity(size: number): bigint {
  return power(GENERATOR, (FIELD_ORDER - 1n) / BigInt(size));
}

/** Scalars as 32-byte little-endian elements, one after the other. */
export function encodeScalars(scalars: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(32 * scalars.length);
  const view = new DataView(bytes.buffer);
  scalars.forEach((scalar, i) => {
    for (let word = 0; word < 4; word++)
      view.setBigUint64(32 * i + 8 * word, BigInt.asUintN(64, scalar >> BigInt(64 * word)), true);
  });
  return bytes;
}
