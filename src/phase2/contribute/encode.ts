import { bn254 } from "@noble/curves/bn254.js";
import { concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import type { G1, G2 } from "../points.js";

const { Fp } = bn254.fields;

/** A point as keys hold it. See `G1_BYTES`. */
export function g1Bytes(point: G1): Uint8Array {
  const { x, y } = point.toAffine();
  return encode([x, y]);
}

/** A point as keys hold it. See `G2_BYTES`. */
export function g2Bytes(point: G2): Uint8Array {
  const { x, y } = point.toAffine();
  return encode([x.c0, x.c1, y.c0, y.c1]);
}

/** Coordinates times 2^256, little-endian. */
function encode(coordinates: readonly bigint[]): Uint8Array {
  const hex = coordinates.map((value) =>
    Fp.create(value << 256n)
      .toString(16)
      .padStart(64, "0"),
  );
  return concatBytes(...hex.map((digits) => hexToBytes(digits).reverse()));
}
