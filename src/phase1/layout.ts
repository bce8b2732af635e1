import { BASE_FIELD_ORDER, MAX_DOMAIN_POWER } from "../groth16/field.js";
import { need } from "../phase2/refused.js";
import { openSectionFile } from "../phase2/openSectionFile.js";
import { type SectionFile } from "../phase2/sectionFile.js";

/** Sections of a powers-of-tau file, by their number in iden3's format. */
export const SECTION = {
  header: 1,
  tauG1: 2,
  tauG2: 3,
  alphaG1: 4,
  betaG1: 5,
  betaG2: 6,
  contributions: 7,
} as const;

/** Lagrange bases of all domains, which `prepare phase2` adds and phase 2 reads. */
const PREPARED = [12, 13, 14, 15];

/** Bytes of points: affine coordinates, little-endian, in Montgomery form. */
export const [G1, G2] = [64, 128];

/** Far more than the contributions of any ceremony take, so that a hostile file cannot exhaust the memory. */
const MOST_CONTRIBUTION_BYTES = 2 ** 24;

/** A powers-of-tau file whose sections are those of its power: tau^0 to tau^(2^(power+1) - 2) in G1, and so on. */
export interface PtauFile {
  /** To be closed by the caller. */
  readonly file: SectionFile;
  readonly power: number;
  /** Whether it has the Lagrange bases that phase 2 reads. */
  readonly isPrepared: boolean;
}

/**
 * Opens a powers-of-tau file of which each section is there once, with the length that the file's power gives it. What reads
 * only one section after this can rely on all of them.
 *
 * @throws Refused if the file is not so; Torch2CircomError if it cannot be read
 */
export function openPtau(path: string): PtauFile {
  const file = openSectionFile(path, "ptau");
  try {
    const power = readPower(file);
    const isPrepared = PREPARED.every((id) => file.ids.includes(id));
    requireLengths(file, power);
    return { file, power, isPrepared };
  } catch (error) {
    file.close();
    throw error;
  }
}

function readPower(file: SectionFile): number {
  need(file.length(SECTION.header) === 44, "ptau: the length of its header");
  const bytes = file.read(SECTION.header);
  const order = BigInt(`0x${Buffer.from(bytes.subarray(4, 36)).reverse().toString("hex")}`);
  need(bytes.readUInt32LE(0) === 32 && order === BASE_FIELD_ORDER, "ptau: it is not over BN254");
  const [power, ceremonyPower] = [bytes.readUInt32LE(36), bytes.readUInt32LE(40)];
  need(
    power > 0 && power <= MAX_DOMAIN_POWER && ceremonyPower >= power && ceremonyPower <= MAX_DOMAIN_POWER,
    `ptau: it claims to be 2^${power} of a ceremony of 2^${ceremonyPower}`,
  );
  return power;
}

function requireLengths(file: SectionFile, power: number): void {
  const n = 2 ** power;
  const lengths = new Map<number, number>([
    [SECTION.tauG1, G1 * (2 * n - 1)],
    [SECTION.tauG2, G2 * n],
    [SECTION.alphaG1, G1 * n],
    [SECTION.betaG1, G1 * n],
    [SECTION.betaG2, G2],
    // Bases of the domains 2^0 to 2^power, in G1 of tau to 2^(power+1).
    [12, G1 * (4 * n - 1)],
    [13, G2 * (2 * n - 1)],
    [14, G1 * (2 * n - 1)],
    [15, G1 * (2 * n - 1)],
  ]);
  for (const [id, length] of lengths)
    if (file.ids.includes(id) || !PREPARED.includes(id))
      need(file.length(id) === length, `ptau: section ${id} does not hold 2^${power} powers`);
  for (const id of file.ids)
    need(
      id === SECTION.header || id === SECTION.contributions || lengths.has(id),
      `ptau: it has a section ${id}, which powers of tau do not have`,
    );
  if (file.ids.includes(SECTION.contributions))
    need(
      file.length(SECTION.contributions) <= MOST_CONTRIBUTION_BYTES,
      "ptau: it has too many contributions to be true",
    );
}
