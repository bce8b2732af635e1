import { runInThread } from "../progress/thread.js";
import { SNARKJS_THREAD } from "../groth16/snarkjsLog.js";
import type { KeyPaths, KeyVerification } from "./checkKey.js";
import type { VerifyRun } from "./verifyThread.js";

export interface VerifyKeyParameters extends KeyPaths {
  /** Gets the fraction that is done. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Verifies a proving key against its circuit and powers of tau, without snarkjs and without an initial key: its form,
 * its contributions, and every point (see {@link verifyKeyPoints}). Runs in a process of its own.
 *
 * Shares with snarkjs the compiled arithmetic of curve and field alone, for the sums. All that decides on who can
 * forge, the contributions and delta, is computed by `@noble/curves`.
 *
 * Cannot see who contributed: names and types of contributions are in no hash. The powers of tau are for phase 1 to
 * verify.
 *
 * @param parameters.r1cs path of the circuit.
 * @param parameters.ptau path of the powers of tau; sections 1 to 6 are read, and no Lagrange bases.
 * @param parameters.zkey path of the key.
 * @param parameters.onProgress gets the fraction that is done.
 * @returns the steps, each with the reason if it is refused.
 * @throws Torch2CircomError if a file cannot be read, or the circuit is damaged.
 */
export function verifyKey({ onProgress, r1cs, ptau, zkey }: VerifyKeyParameters): Promise<KeyVerification> {
  const run: VerifyRun = { kind: "key", r1cs, ptau, zkey };
  return runInThread<KeyVerification, number>(new URL("./verifyThread.js", import.meta.url), run, {
    ...SNARKJS_THREAD,
    onReport: onProgress,
  });
}
