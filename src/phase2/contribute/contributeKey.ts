import { bn254 } from "@noble/curves/bn254.js";
import { hexToBytes } from "@noble/hashes/utils.js";
import type { Curve } from "snarkjs";
import type { Section } from "../../groth16/binaryFile.js";
import { encodeScalars, invert } from "../../groth16/field.js";
import { u32, u32At } from "../../groth16/u32.js";
import { parseContributions, type Contribution } from "../contributions.js";
import { beaconSecret } from "../hashToCurve.js";
import { DELTA_OFFSET, SECTION, type KeyFile } from "../keyFile.js";
import { G1_BYTES } from "../points.js";
import type { SectionFile } from "../sectionFile.js";
import { boundPoint } from "./boundPoint.js";
import { applyContribution, keyName, randomStart, type Applied, type Ingredients } from "./contribution.js";
import { freshSecret } from "./secret.js";

/** Who or what contributes. */
export interface Contributor {
  /** Who contributes; everybody reads it in the key. */
  readonly name: string;
  /** Head of the transcript that the contribution is made on. @default none: nothing shows what came before it */
  readonly head?: string;
  /** What the contributor typed, mixed with the system's randomness. */
  readonly typed?: string;
  /** Public randomness in the place of a secret. */
  readonly beacon?: Contribution["beacon"];
}

export interface ContributionMade {
  /** What the contributor publishes: blake2b-512 in hexadecimal. */
  readonly hash: string;
  /** The contribution's number, from 1. */
  readonly index: number;
}

/** Points of one piece of work, of which each core takes a part. */
const POINTS_AT_ONCE = 2 ** 14;

/**
 * A key with one contribution more: delta times the secret, and the points of C and H divided by it. In Node and in browsers.
 *
 * The secret stays in this process or worker, and JavaScript cannot wipe it: to be called in one that ends.
 *
 * @param key in form
 * @param curve BN254, which the caller ends when all sections are read
 * @param onProgress gets the fraction that is done
 * @returns the contribution, and the sections of the new key in the order of the old, which are computed as they are read
 * @throws Refused if its last contributions are not in form
 */
export function contributeKey(
  { file, header }: KeyFile<Uint8Array>,
  curve: Curve,
  ingredients: Ingredients,
  onProgress?: (fraction: number) => void,
): { made: ContributionMade; sections: Section[] } {
  const before = parseContributions(file);
  const applied = applyContribution(header, before, ingredients);
  return {
    made: { hash: applied.contribution.hash, index: before.contributions.length + 1 },
    sections: extendedSections(file, applied, curve, invert(ingredients.secret), onProgress),
  };
}

/** A fresh secret and a first point for a contributor, or those of a beacon. */
export function ingredientsOf({ name, head, typed, beacon }: Contributor): Ingredients {
  if (beacon !== undefined) {
    const { secret, g1s } = beaconSecret(hexToBytes(beacon.hash), beacon.exponent);
    return { secret, start: g1s, name: keyName(name), beacon };
  }
  const start = head === undefined ? randomStart() : bn254.G1.Point.fromAffine(boundPoint(head));
  return { secret: freshSecret(typed), start, name: keyName(name) };
}

/** The sections of the new key, in the order of the old. */
function extendedSections(
  file: SectionFile<Uint8Array>,
  { delta, record }: Applied,
  curve: Curve,
  inverse: bigint,
  onProgress?: (fraction: number) => void,
): Section[] {
  const total = (file.length(SECTION.C) + file.length(SECTION.H)) / G1_BYTES;
  let done = 0;
  const report = (points: number) => onProgress?.((done += points) / total);
  return file.ids.map((id) => {
    if (id === SECTION.C || id === SECTION.H)
      return { id, pieces: multiplied(file, id, curve, inverse, report) };
    if (id === SECTION.header) return { id, pieces: [file.read(id, 0, DELTA_OFFSET), delta] };
    if (id === SECTION.contributions) return { id, pieces: withRecord(file.read(id), record) };
    return { id, pieces: file.pieces(id) };
  });
}

async function* multiplied(
  file: SectionFile<Uint8Array>,
  id: number,
  curve: Curve,
  factor: bigint,
  report: (points: number) => void,
): AsyncGenerator<Uint8Array> {
  const key = curve.Fr.fromRprLE(encodeScalars([factor]));
  for (const piece of file.pieces(id, { piece: POINTS_AT_ONCE * G1_BYTES })) {
    yield await curve.G1.batchApplyKey(Uint8Array.from(piece), key, curve.Fr.one);
    report(piece.length / G1_BYTES);
  }
}

/** Section 10 is the circuit's hash of 64 bytes, the number of contributions, and these. */
function withRecord(section: Uint8Array, record: Uint8Array): Uint8Array[] {
  const [hash, rest] = [section.subarray(0, 64), section.subarray(68)];
  return [hash, u32(u32At(section, 64) + 1), rest, record];
}
