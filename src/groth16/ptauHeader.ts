import { open } from "node:fs/promises";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { BASE_FIELD_ORDER } from "./field.js";

/** Where files of a public ceremony are listed, one for each power. */
const CEREMONY = "https://github.com/iden3/snarkjs#7-prepare-phase-2";

/** Most sections that a file of powers of tau has by far; more are not read. */
const MOST_SECTIONS = 64;

/** Sections by their number in iden3's format; the last holds the Lagrange bases that phase 2 reads. */
const [HEADER, TAU_G1, ALPHA_G1, BETA_G1, CONTRIBUTIONS, PREPARED] = [1, 2, 4, 5, 7, 12];

/** Bytes of a point of G1: two coordinates, little-endian, in Montgomery form. */
const POINT = 64;

/** The generator of G1, (1, 2). */
const GENERATOR = Buffer.concat([1n, 2n].map((coordinate) => montgomery(coordinate)));

/**
 * Refuses powers of tau that cannot make this circuit's key, by the file's header: before the circuit is compiled.
 *
 * @param ptau path of the file
 * @param size constraints and public signals, which 2^power must exceed; 0 asks for the form of the file only
 * @throws Torch2CircomError if the file is missing, is something else, is not prepared for phase 2, has no
 *   contribution, or is too small
 */
export async function requirePowersOfTau(ptau: string, size: number): Promise<void> {
  const needed = Math.ceil(Math.log2(size + 1));
  const refuse = (problem: string, cause?: Error) =>
    new Torch2CircomError(
      "PTAU_INVALID",
      `The powers of tau ${ptau} ${problem}`,
      size === 0
        ? `Give a prepared file of a ceremony (powersOfTau28_hez_final_NN.ptau): ${CEREMONY}`
        : `This circuit needs a prepared file of 2^${needed} or more (powersOfTau28_hez_final_${needed}.ptau): ${CEREMONY}`,
      cause,
    );
  const header = await readHeader(ptau).catch((cause: Error) => {
    throw refuse("cannot be read", cause);
  });
  if (header === undefined) throw refuse("are not powers of tau");
  if (!header.isPrepared) throw refuse("are not prepared for phase 2");
  // Whoever vouches for such a file by its hash cannot know more than its maker, who knows the secret.
  if (header.contributions === 0)
    throw refuse("have no contribution: whoever made the file can forge proofs");
  if (header.isTrivial) throw refuse("are of a secret that everybody knows: anybody can forge proofs");
  if (header.power < needed) throw refuse(`are 2^${header.power}, too few`);
}

interface Header {
  readonly power: number;
  readonly isPrepared: boolean;
  /** How many contributions the file records. Whether they are true, `verifyPowersOfTau` finds out. */
  readonly contributions: number;
  /** Whether one of the secrets tau, alpha and beta is 1. */
  readonly isTrivial: boolean;
}

/** Undefined for a file that is not in the format. */
async function readHeader(path: string): Promise<Header | undefined> {
  const file = await open(path);
  try {
    const bytesAt = async (at: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return bytesRead === length ? buffer : undefined;
    };
    const start = await bytesAt(0, 12);
    if (start?.toString("latin1", 0, 4) !== "ptau") return undefined;
    const count = Math.min(start.readUInt32LE(8), MOST_SECTIONS);
    /** Where the content of each section begins. */
    const places = new Map<number, number>();
    for (let i = 0, at = 12; i < count; i++) {
      const section = await bytesAt(at, 12);
      if (section === undefined) return undefined;
      places.set(section.readUInt32LE(0), at + 12);
      at += 12 + Number(section.readBigUInt64LE(4));
    }
    const read = async (id: number, offset: number, length: number) =>
      places.has(id) ? bytesAt(places.get(id)! + offset, length) : undefined;
    const number = async (id: number, offset: number) => (await read(id, offset, 4))?.readUInt32LE(0);
    // Bytes of a field element, the field's order, the power.
    const width = await number(HEADER, 0);
    const power = width === 32 ? await number(HEADER, 4 + width) : undefined;
    if (power === undefined) return undefined;
    const firstPowers = [
      await read(TAU_G1, POINT, POINT),
      await read(ALPHA_G1, 0, POINT),
      await read(BETA_G1, 0, POINT),
    ];
    return {
      power,
      isPrepared: places.has(PREPARED),
      contributions: (await number(CONTRIBUTIONS, 0)) ?? 0,
      isTrivial: firstPowers.some((point) => point === undefined || GENERATOR.equals(point)),
    };
  } finally {
    await file.close();
  }
}

function montgomery(coordinate: bigint): Buffer {
  const hex = ((coordinate << 256n) % BASE_FIELD_ORDER).toString(16).padStart(64, "0");
  return Buffer.from(hex, "hex").reverse();
}
