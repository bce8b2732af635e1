import { runInThread } from "../progress/thread.js";
import { PROVER_THREAD, SHARED_PROVERS } from "./prove.js";
import type { ProverRun } from "./proverThread.js";
import type { Proof, PublicSignals, VerificationKey } from "./types.js";
import { isWellFormed } from "./wellFormed.js";

/**
 * Verifies a proof off chain with snarkjs, as strictly as the contracts do: key, signals and proof must be well-formed,
 * and B must lie in the subgroup.
 *
 * @param pool of processes that prove and verify. @default {@link SHARED_PROVERS}
 * @returns false for whatever is not a valid proof, malformed ones included.
 */
export async function verify(
  verificationKey: VerificationKey,
  publicSignals: PublicSignals,
  proof: Proof,
  pool = SHARED_PROVERS,
): Promise<boolean> {
  if (!isWellFormed(verificationKey, publicSignals, proof)) return false;
  const run: ProverRun = { kind: "verify", verificationKey, publicSignals, proof };
  // To load snarkjs and start its curve takes much longer than to verify.
  return runInThread<boolean>(PROVER_THREAD, run, { warm: pool });
}
