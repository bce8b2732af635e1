import { access } from "node:fs/promises";
import { encodeWitness } from "../circom/witnessFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { runInThread } from "../progress/thread.js";
import { SNARKJS_THREAD } from "./snarkjsLog.js";
import type { ProofRun } from "./proveThread.js";
import type { ProveReturnType, VerificationKey } from "./types.js";

/**
 * Proves with snarkjs, in a thread of its own.
 *
 * @param zkey path of the proving key.
 * @param witness one value for each wire. The prover does not check it: a wrong one gives a proof that does not verify.
 * @param verificationKey by which the proof has to verify. @default none: the proof may be invalid
 * @throws Torch2CircomError if the key is missing, belongs to another circuit, or gives an invalid proof.
 */
export async function prove(
  zkey: string,
  witness: readonly bigint[],
  verificationKey?: VerificationKey,
): Promise<ProveReturnType> {
  await access(zkey).catch((cause: Error) => {
    throw new Torch2CircomError(
      "KEY_INVALID",
      `The proving key ${zkey} is not there`,
      "Build the model first (torch2circom:build).",
      cause,
    );
  });
  const run: ProofRun = { zkey, witness: encodeWitness(witness), verificationKey };
  return runInThread<ProveReturnType>(new URL("./proveThread.js", import.meta.url), run, {
    ...SNARKJS_THREAD,
    warm: true,
  });
}
