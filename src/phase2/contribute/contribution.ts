import { bn254 } from "@noble/curves/bn254.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { u32 } from "../../groth16/u32.js";
import { hashedBytes, type Contribution, type Contributions } from "../contributions.js";
import { hashToG2 } from "../hashToCurve.js";
import type { KeyHeader } from "../keyFile.js";
import { g1Point, g2Point, uncompressed, type G1 } from "../points.js";
import { g1Bytes, g2Bytes } from "./encode.js";

/** What a contribution is made of. */
export interface Ingredients {
  /** The secret x in the scalar field, neither 0, 1 nor -1. */
  readonly secret: bigint;
  /** The contribution's first point, of the contributor's choice. */
  readonly start: G1;
  /** Who contributes; cut at 64 bytes of UTF-8. */
  readonly name?: string;
  /** Of a beacon: where the secret is from. */
  readonly beacon?: Contribution["beacon"];
}

/** A contribution, and what it changes in a key apart from the points of C and H, which it divides by the secret. */
export interface Applied {
  readonly contribution: Contribution;
  /** delta in both groups, as the header ends with it. */
  readonly delta: Uint8Array;
  /** The contribution as section 10 ends with it. */
  readonly record: Uint8Array;
}

/**
 * Makes a contribution to phase 2: delta' = x·delta, with a proof that its maker knows x, after
 * https://eprint.iacr.org/2017/1050 and as snarkjs writes it: a point s, x·s, and x times the point of G2 that both and all
 * earlier contributions hash to.
 */
export function applyContribution(
  { delta1, delta2 }: Pick<KeyHeader, "delta1" | "delta2">,
  { circuitHash, contributions }: Contributions,
  { secret, start, name, beacon }: Ingredients,
): Applied {
  const g1s = g1Bytes(start);
  const g1sx = g1Bytes(start.multiply(secret));
  const earlier = contributions.map((before) => hashedBytes(before));
  const transcript = blake2b(
    concatBytes(hexToBytes(circuitHash), ...earlier, uncompressed(g1s), uncompressed(g1sx)),
  );
  const g2spx = g2Bytes(hashToG2(transcript).multiply(secret));
  const deltaAfter = g1Bytes(g1Point(delta1, "delta").multiply(secret));
  const points = { deltaAfter, g1s, g1sx, g2spx, transcript };
  const type = beacon === undefined ? ("contribution" as const) : ("beacon" as const);
  const unhashed = { ...points, type, ...(name !== undefined && { name }), ...(beacon && { beacon }) };
  const hash = bytesToHex(blake2b(hashedBytes(unhashed)));
  const parameters = concatBytes(...nameBytes(name), ...beaconBytes(beacon));
  const fields = [u32(beacon === undefined ? 0 : 1), u32(parameters.length), parameters];
  return {
    contribution: { ...unhashed, hash },
    delta: concatBytes(deltaAfter, g2Bytes(g2Point(delta2, "delta2").multiply(secret))),
    record: concatBytes(...Object.values(points), ...fields),
  };
}

/** The most that a name takes in a key. */
const MOST_NAME_BYTES = 64;

/** A name as keys can hold it: without control characters, and cut where it is too long. */
export function keyName(name: string): string {
  let kept = "";
  for (const character of name.normalize("NFC").replace(/\p{Cc}/gu, " ")) {
    if (utf8ToBytes(kept + character).length > MOST_NAME_BYTES) break;
    kept += character;
  }
  return kept;
}

function nameBytes(name?: string): Uint8Array[] {
  if (name === undefined || name === "") return [];
  const text = utf8ToBytes(keyName(name));
  return [Uint8Array.of(1, text.length), text];
}

function beaconBytes(beacon: Contribution["beacon"]): Uint8Array[] {
  if (beacon === undefined) return [];
  const hash = hexToBytes(beacon.hash);
  return [Uint8Array.of(2, beacon.exponent, 3, hash.length), hash];
}

/** A random point of G1. */
export function randomStart(): G1 {
  return bn254.G1.Point.BASE.multiply(bn254.fields.Fr.fromBytes(bn254.utils.randomSecretKey()));
}
