import { runInThread } from "../progress/thread.js";
import { SNARKJS_THREAD } from "./snarkjsLog.js";
import type { Proof, PublicSignals, VerificationKey } from "./types.js";
import type { VerificationRun } from "./verifyThread.js";
import { isWellFormed } from "./wellFormed.js";

/**
 * Verifies a proof off chain with snarkjs, as strictly as the contracts do: key, signals and proof must be well-formed,
 * and B must lie in the subgroup.
 *
 * @returns false for whatever is not a valid proof, malformed ones included.
 */
export async function verify(
  verificationKey: VerificationKey,
  publicSignals: PublicSignals,
  proof: Proof,
): Promise<boolean> {
  if (!isWellFormed(verificationKey, publicSignals, proof)) return false;
  const run: VerificationRun = { verificationKey, publicSignals, proof };
  // To load snarkjs and start its curve takes much longer than to verify.
  return runInThread<boolean>(new URL("./verifyThread.js", import.meta.url), run, {
    ...SNARKJS_THREAD,
    warm: true,
  });
}
