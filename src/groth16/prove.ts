import { access } from "node:fs/promises";
import { encodeWitness, type Witness } from "../circom/witnessFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { ProcessPool } from "../progress/pool.js";
import { runInThread } from "../progress/thread.js";
import type { ProverRun } from "./proverThread.js";
import type { ProveReturnType, VerificationKey } from "./types.js";

/** What proves and verifies with snarkjs. */
export const PROVER_THREAD = new URL("./proverThread.js", import.meta.url);

/** The processes that this process shares. They end with it. */
export const SHARED_PROVERS = new ProcessPool(PROVER_THREAD);

/**
 * Proves with snarkjs, in a process that stays for the next proof.
 *
 * @param zkey path of the proving key.
 * @param witness one element for each wire. The prover does not check it: a wrong one gives a proof that does not verify.
 * @param verificationKey by which the proof has to verify. @default none: the proof may be invalid
 * @param pool of processes of {@link PROVER_THREAD}. @default {@link SHARED_PROVERS}
 * @throws Torch2CircomError if the key is missing, belongs to another circuit, or gives an invalid proof.
 */
export async function prove(
  zkey: string,
  witness: Witness,
  verificationKey?: VerificationKey,
  pool = SHARED_PROVERS,
): Promise<ProveReturnType> {
  await requireKey(zkey);
  const run: ProverRun = { kind: "prove", zkey, witness: encodeWitness(witness), verificationKey };
  return runInThread<ProveReturnType>(PROVER_THREAD, run, { warm: pool });
}

/** @throws Torch2CircomError if there is no file */
export async function requireKey(zkey: string): Promise<void> {
  await access(zkey).catch((cause: Error) => {
    throw new Torch2CircomError(
      "KEY_INVALID",
      `The proving key ${zkey} is not there`,
      "Build the model first (torch2circom:build).",
      cause,
    );
  });
}
