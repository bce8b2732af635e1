import { bn254 } from "@noble/curves/bn254.js";
import { curves, type Curve } from "snarkjs";
import { notWritable } from "../../artifacts/writeFile.js";
import { u32, writeBinaryFile, type Section } from "../../groth16/binaryFile.js";
import { encodeScalars, invert } from "../../groth16/field.js";
import { parseContributions, type Contribution } from "../contributions.js";
import { beaconSecret } from "../hashToCurve.js";
import { DELTA_OFFSET, openKeyFile, SECTION } from "../keyFile.js";
import { G1_BYTES } from "../points.js";
import { keyError, Refused } from "../refused.js";
import type { SectionFile } from "../sectionFile.js";
import { boundPoint } from "./boundPoint.js";
import { applyContribution, keyName, randomStart, type Applied, type Ingredients } from "./contribution.js";
import { freshSecret } from "./secret.js";

/** Which key is contributed to, and by whom or what. */
export interface ContributeParameters {
  /** Path of the key. */
  readonly from: string;
  /** The file to write. It has another name until it is whole. */
  readonly to: string;
  /** Who contributes; everybody reads it in the key. */
  readonly name: string;
  /** Head of the transcript that the contribution is made on. @default none: nothing shows what came before it */
  readonly head?: string;
  /** What the contributor typed, mixed with the system's randomness. */
  readonly typed?: string;
  /** Public randomness in the place of a secret. */
  readonly beacon?: Contribution["beacon"];
  /** Gets the fraction that is done. */
  readonly onProgress?: (fraction: number) => void;
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
 * Writes a key with one contribution more: delta times the secret, and the points of C and H divided by it.
 *
 * The secret stays in this process, and JavaScript cannot wipe it: to be called in a process that ends.
 *
 * @throws Torch2CircomError if the key is not one, or its last contributions are not in form
 */
export async function contributeFile(parameters: ContributeParameters): Promise<ContributionMade> {
  return writeContribution(parameters, ingredientsOf(parameters));
}

/**
 * The same with a secret that the caller knows, and can forge proofs with if it is the only one: `contributeFile` has one
 * that nobody knows once its process has ended.
 */
export async function writeContribution(
  { from, to, onProgress }: Pick<ContributeParameters, "from" | "to" | "onProgress">,
  ingredients: Ingredients,
): Promise<ContributionMade> {
  try {
    const { file, header } = openKeyFile(from);
    const curve = await curves.getCurveFromName("bn128");
    try {
      const before = parseContributions(file);
      const applied = applyContribution(header, before, ingredients);
      const sections = extendedSections(file, applied, curve, invert(ingredients.secret), onProgress);
      await writeBinaryFile(to, "zkey", 1, sections);
      return { hash: applied.contribution.hash, index: before.contributions.length + 1 };
    } finally {
      file.close();
      await curve.terminate();
    }
  } catch (error) {
    if (error instanceof Refused) throw keyError(from, error);
    // Of the file system: no such folder, no right, no room.
    const isOfFiles = (error as NodeJS.ErrnoException).syscall !== undefined;
    throw isOfFiles ? notWritable(to, error as Error) : error;
  }
}

function ingredientsOf({ name, head, typed, beacon }: ContributeParameters): Ingredients {
  if (beacon !== undefined) {
    const { secret, g1s } = beaconSecret(Buffer.from(beacon.hash, "hex"), beacon.exponent);
    return { secret, start: g1s, name: keyName(name), beacon };
  }
  const start = head === undefined ? randomStart() : bn254.G1.Point.fromAffine(boundPoint(head));
  return { secret: freshSecret(typed), start, name: keyName(name) };
}

/** The sections of the new key, in the order of the old. */
function extendedSections(
  file: SectionFile,
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
  file: SectionFile,
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
function withRecord(section: Buffer, record: Uint8Array): Uint8Array[] {
  const [hash, rest] = [section.subarray(0, 64), section.subarray(68)];
  return [hash, u32(section.readUInt32LE(64) + 1), rest, record];
}
