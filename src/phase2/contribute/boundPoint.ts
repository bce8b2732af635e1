import { bn254 } from "@noble/curves/bn254.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { coordinates } from "../points.js";

const TAG = utf8ToBytes("torch2circom contribution");

/**
 * The first point of a contribution that is made on a transcript, by which everybody sees that it came after the
 * transcript's last line. A contribution may begin with any point: that nobody knows its logarithm is not needed.
 *
 * The first x = sha256(tag, head, counter) mod q with a point on the curve, by counters from 0; its y is even.
 *
 * @param head the transcript's, 64 hexadecimal digits
 * @returns affine coordinates of a point of G1
 */
export function boundPoint(head: string): { x: bigint; y: bigint } {
  const { Fp } = bn254.fields;
  for (let counter = 0; ; counter++) {
    const x = Fp.create(
      BigInt(`0x${bytesToHex(sha256(concatBytes(TAG, utf8ToBytes(head), Uint8Array.of(counter))))}`),
    );
    // q = 3 mod 4: the root of a square is its power (q + 1) / 4.
    const square = Fp.create(x * x * x + 3n);
    const y = Fp.pow(square, (Fp.ORDER + 1n) / 4n);
    if (Fp.sqr(y) === square) return { x, y: y % 2n === 0n ? y : Fp.neg(y) };
  }
}

/** Whether a contribution's first point is that of a transcript's head. @param g1s as keys hold it */
export function isBoundTo(g1s: Uint8Array, head: string): boolean {
  const { x, y } = boundPoint(head);
  const [ownX, ownY] = coordinates(g1s);
  return x === ownX && y === ownY;
}
