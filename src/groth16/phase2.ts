import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { zKey } from "snarkjs";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { ErrorLog } from "./snarkjsLog.js";

export interface PhaseTwoParameters {
  /** Path of the circuit. */
  readonly r1cs: string;
  /** Path of a powers-of-tau file that is prepared for phase 2. */
  readonly ptau: string;
  /** Path of the proving key to write. */
  readonly zkey: string;
  /** Who contributes; stands in the key for everybody to read. */
  readonly contributor: string;
  /** What snarkjs says on its way. */
  readonly onLog?: (text: string) => void;
}

/**
 * Phase 2 with one contribution: a key from a powers-of-tau ceremony, randomized with fresh entropy, and checked
 * against circuit and ceremony. Without a contribution gamma would be delta, and anybody could forge.
 *
 * Long, and snarkjs leaves threads behind: to be called in a process of its own.
 *
 * @returns hashes in hexadecimal: of the circuit's initial key, and of the contribution.
 * @throws Torch2CircomError if the file does not hold powers of tau, is not prepared, or too small.
 */
export async function makePhaseTwoKey(
  parameters: PhaseTwoParameters,
): Promise<{ circuitHash: string; contributionHash: string }> {
  const { r1cs, ptau, zkey, contributor, onLog } = parameters;
  const initial = `${zkey}.initial`;
  const final = `${zkey}.final`;
  try {
    const log = new ErrorLog(onLog);
    const circuit = await zKey.newZKey(r1cs, ptau, initial, log).catch((cause: Error) => {
      throw unusable(ptau, cause.message, cause);
    });
    if (circuit === -1) throw unusable(ptau, log.errors.join("; "));
    const entropy = randomBytes(64).toString("hex");
    const contribution = await zKey.contribute(initial, final, contributor, entropy, log);
    if (!(await zKey.verifyFromR1cs(r1cs, ptau, final, log)))
      throw new Error(`the new key does not verify: ${log.errors.join("; ")}`);
    await rename(final, zkey);
    return { circuitHash: hex(circuit), contributionHash: hex(contribution) };
  } finally {
    for (const path of [initial, final]) await rm(path, { force: true });
  }
}

function unusable(ptau: string, why: string, cause?: Error): Torch2CircomError {
  return new Torch2CircomError(
    "PTAU_INVALID",
    `The powers of tau ${ptau} cannot be used: ${why}`,
    "Give a prepared .ptau file (its name ends in _final_NN.ptau or it was made by `snarkjs powersoftau prepare phase2`) with 2^NN at least the number of constraints.",
    cause,
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
