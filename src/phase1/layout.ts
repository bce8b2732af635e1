import type { FileHandle } from "node:fs/promises";
import { BASE_FIELD_ORDER, MAX_DOMAIN_POWER } from "../groth16/field.js";

/** Sections of a powers-of-tau file, by their number in iden3's format. */
export const [HEADER, TAU_G1, TAU_G2, ALPHA_G1, BETA_G1, BETA_G2, CONTRIBUTIONS] = [1, 2, 3, 4, 5, 6, 7];

/** Lagrange bases of all domains, which `prepare phase2` adds and phase 2 reads. */
const PREPARED = [12, 13, 14, 15];

/** Bytes of points: affine coordinates, little-endian, in Montgomery form. */
export const [G1, G2] = [64, 128];

/** Far more than the contributions of any ceremony take, so that a hostile file cannot exhaust the memory. */
const MOST_CONTRIBUTION_BYTES = 2 ** 24;

/** Where a section's content is, in bytes. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

/** Powers of one secret: how many, and where they are in the file. */
export interface Layout {
  /** The file has tau^0 to tau^(2^(power+1) - 2) in G1. */
  readonly power: number;
  /** Of the ceremony, of which the file may hold a part only. */
  readonly ceremonyPower: number;
  readonly sections: ReadonlyMap<number, Place>;
}

/** Why a file is not of the format. */
export class Malformed extends Error {}

/**
 * The sections of a powers-of-tau file, each there once, with the length that the file's power gives it, up to the end of
 * the file. What reads only one section after this can rely on all of them.
 *
 * @throws Malformed if the file is not so
 */
export async function readLayout(file: FileHandle): Promise<Layout> {
  const sections = await readSections(file);
  const header = sections.get(HEADER);
  if (header?.length !== 44) throw new Malformed("have no header");
  const bytes = await readAt(file, header);
  const order = BigInt(`0x${Buffer.from(bytes.subarray(4, 36)).reverse().toString("hex")}`);
  if (bytes.readUInt32LE(0) !== 32 || order !== BASE_FIELD_ORDER)
    throw new Malformed("are of another curve than BN254");
  const [power, ceremonyPower] = [bytes.readUInt32LE(36), bytes.readUInt32LE(40)];
  if (power < 1 || power > MAX_DOMAIN_POWER || ceremonyPower < power || ceremonyPower > MAX_DOMAIN_POWER)
    throw new Malformed(`claim to be 2^${power} of a ceremony of 2^${ceremonyPower}`);
  requireLengths(sections, power);
  return { power, ceremonyPower, sections };
}

/** Whether the file has the Lagrange bases that phase 2 reads. */
export function isPrepared({ sections }: Layout): boolean {
  return PREPARED.every((id) => sections.has(id));
}

export async function readAt(file: FileHandle, { at, length }: Place): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead !== length) throw new Malformed("are cut short");
  return buffer;
}

async function readSections(file: FileHandle): Promise<Map<number, Place>> {
  const { size } = await file.stat();
  if (size < 12) throw new Malformed("are not powers of tau");
  const start = await readAt(file, { at: 0, length: 12 });
  if (start.toString("latin1", 0, 4) !== "ptau" || start.readUInt32LE(4) !== 1)
    throw new Malformed("are not powers of tau");
  const count = start.readUInt32LE(8);
  const sections = new Map<number, Place>();
  let at = 12;
  for (let i = 0; i < count; i++) {
    const head = await readAt(file, { at, length: 12 });
    const [id, length] = [head.readUInt32LE(0), Number(head.readBigUInt64LE(4))];
    // A second section of a number is read by some programs and passed over by others.
    if (sections.has(id)) throw new Malformed(`have the section ${id} twice`);
    if (at + 12 + length > size) throw new Malformed("are cut short");
    sections.set(id, { at: at + 12, length });
    at += 12 + length;
  }
  if (at !== size) throw new Malformed("go on after their last section");
  return sections;
}

function requireLengths(sections: ReadonlyMap<number, Place>, power: number): void {
  const n = 2 ** power;
  const lengths = new Map([
    [TAU_G1, G1 * (2 * n - 1)],
    [TAU_G2, G2 * n],
    [ALPHA_G1, G1 * n],
    [BETA_G1, G1 * n],
    [BETA_G2, G2],
    // Bases of the domains 2^0 to 2^power, in G1 of tau to 2^(power+1).
    [12, G1 * (4 * n - 1)],
    [13, G2 * (2 * n - 1)],
    [14, G1 * (2 * n - 1)],
    [15, G1 * (2 * n - 1)],
  ]);
  for (const [id, length] of lengths) {
    const found = sections.get(id);
    if (found === undefined ? !PREPARED.includes(id) : found.length !== length)
      throw new Malformed(`do not have 2^${power} powers in their section ${id}`);
  }
  const { length } = sections.get(CONTRIBUTIONS) ?? { length: 0 };
  if (length > MOST_CONTRIBUTION_BYTES) throw new Malformed("have too many contributions to be true");
  const foreign = [...sections.keys()].find(
    (id) => id !== HEADER && id !== CONTRIBUTIONS && !lengths.has(id),
  );
  if (foreign !== undefined)
    throw new Malformed(`have a section ${foreign}, which powers of tau do not have`);
}
