import { Torch2CircomError } from "../errors/torch2circomError.js";
import { BASE_FIELD_ORDER } from "../groth16/field.js";
import { Refused } from "../phase2/refused.js";
import { countContributions } from "./contributions.js";
import { G1, openPtau, SECTION } from "./layout.js";
import { powerFor } from "./publicFiles.js";

/** x of the generator (1, 2) and of its negative, little-endian, in Montgomery form. */
const GENERATOR_X = (() => {
  const hex = (2n ** 256n % BASE_FIELD_ORDER).toString(16).padStart(64, "0");
  return Buffer.from(hex, "hex").reverse();
})();

/** What a file says of itself. */
export interface PtauHeader {
  /** The file serves circuits of up to 2^power rows. */
  readonly power: number;
  /** How many contributions the file records, beacons included. Whether they are true, `verifyPowersOfTau` finds out. */
  readonly contributions: number;
}

/**
 * Refuses powers of tau that cannot make this circuit's key, by the file's form: before the circuit is compiled. It reads
 * some kilobytes, however large the file is.
 *
 * @param ptau path of the file
 * @param size constraints and public signals, which 2^power must exceed; 0 asks for the form of the file only
 * @throws Torch2CircomError if the file is missing, is something else, is not prepared for phase 2, has no
 *   contribution or a secret that everybody knows, or is too small
 */
export async function requirePowersOfTau(ptau: string, size: number): Promise<PtauHeader> {
  const needed = powerFor(size);
  const refuse = (problem: string, cause?: Error) =>
    new Torch2CircomError(
      "PTAU_INVALID",
      `The powers of tau ${ptau} ${problem}`,
      size === 0
        ? 'Say --ptau hermez (ptau: "hermez" in the configuration) for the file of a public ceremony, or give a prepared file.'
        : `This circuit needs a prepared file of 2^${needed} or more: say --ptau hermez for that of a public ceremony.`,
      cause,
    );
  const header = (() => {
    try {
      return readHeader(ptau);
    } catch (cause) {
      throw cause instanceof Refused
        ? refuse(`are damaged (${cause.message})`, cause)
        : refuse("cannot be read", cause as Error);
    }
  })();
  if (!header.isPrepared) throw refuse("are not prepared for phase 2");
  // Whoever vouches for such a file by its hash cannot know more than its maker, who knows the secret.
  if (header.contributions === 0)
    throw refuse("have no contribution: whoever made the file can forge proofs");
  if (header.isTrivial) throw refuse("are of a secret that everybody knows: anybody can forge proofs");
  if (header.power < needed) throw refuse(`are 2^${header.power}, too few`);
  return header;
}

interface Header extends PtauHeader {
  readonly isPrepared: boolean;
  /** Whether one of the secrets tau, alpha and beta is 0, 1 or -1. */
  readonly isTrivial: boolean;
}

function readHeader(path: string): Header {
  const { file, power, isPrepared } = openPtau(path);
  try {
    const hasContributions = file.ids.includes(SECTION.contributions);
    return {
      power,
      isPrepared,
      contributions: hasContributions ? countContributions(file.read(SECTION.contributions)) : 0,
      isTrivial: [
        file.read(SECTION.tauG1, G1, G1),
        file.read(SECTION.alphaG1, 0, G1),
        file.read(SECTION.betaG1, 0, G1),
      ].some(isKnown),
    };
  } finally {
    file.close();
  }
}

/** Whether a point is the generator, its negative, or infinity, which has zeros for coordinates. */
function isKnown(point: Buffer): boolean {
  return point.subarray(0, G1 / 2).equals(GENERATOR_X) || point.every((byte) => byte === 0);
}
