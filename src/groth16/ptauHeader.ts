import { open } from "node:fs/promises";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/** Where files of a public ceremony are listed, one for each power. */
const CEREMONY = "https://github.com/iden3/snarkjs#7-prepare-phase-2";

/** Most sections that a file of powers of tau has by far; more are not read. */
const MOST_SECTIONS = 64;

/** Sections by their number in iden3's format: the header, and the Lagrange bases that phase 2 reads. */
const HEADER = 1;
const PREPARED = 12;

/**
 * Refuses powers of tau that cannot make this circuit's key, by the file's header: before the circuit is compiled.
 *
 * @param ptau path of the file
 * @param size constraints and public signals, which 2^power must exceed; 0 asks for the form of the file only
 * @throws Torch2CircomError if the file is missing, is something else, is not prepared for phase 2, or is too small
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
  if (header.power < needed) throw refuse(`are 2^${header.power}, too few`);
}

/** Undefined for a file that is not in the format. */
async function readHeader(path: string): Promise<{ power: number; isPrepared: boolean } | undefined> {
  const file = await open(path);
  try {
    const bytesAt = async (at: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return bytesRead === length ? buffer : undefined;
    };
    const start = await bytesAt(0, 12);
    if (start?.toString("latin1", 0, 4) !== "ptau") return undefined;
    const sections = Math.min(start.readUInt32LE(8), MOST_SECTIONS);
    let power: number | undefined;
    let isPrepared = false;
    for (let i = 0, at = 12; i < sections; i++) {
      const section = await bytesAt(at, 12);
      if (section === undefined) return undefined;
      const id = section.readUInt32LE(0);
      if (id === PREPARED) isPrepared = true;
      if (id === HEADER) {
        // Bytes of a field element, the field's order, the power.
        const width = (await bytesAt(at + 12, 4))?.readUInt32LE(0);
        power = width === 32 ? (await bytesAt(at + 16 + width, 4))?.readUInt32LE(0) : undefined;
      }
      at += 12 + Number(section.readBigUInt64LE(4));
    }
    return power === undefined ? undefined : { power, isPrepared };
  } finally {
    await file.close();
  }
}
