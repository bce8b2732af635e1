import { groth16 } from "snarkjs";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { serve } from "../progress/thread.js";
import type { ProveReturnType, VerificationKey } from "./types.js";

export interface ProofRun {
  /** Path of the proving key. */
  readonly zkey: string;
  /** Bytes of a `.wtns` file. */
  readonly witness: Uint8Array;
  /** The key by which the proof has to verify, if any. */
  readonly verificationKey?: VerificationKey;
}

serve<ProofRun, ProveReturnType>(async ({ zkey, witness, verificationKey }) => {
  const start = performance.now();
  try {
    const { proof, publicSignals } = await groth16.prove(zkey, { type: "mem", data: witness });
    if (verificationKey !== undefined && !(await groth16.verify(verificationKey, publicSignals, proof)))
      throw new Torch2CircomError(
        "KEY_INVALID",
        `The proving key ${zkey} gives a proof that does not verify`,
        "Keys and circuit do not belong together: build the model again.",
      );
    return { proof, publicSignals, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    if (error instanceof Error && /Invalid witness length/.test(error.message))
      throw new Torch2CircomError(
        "KEY_INVALID",
        `The proving key ${zkey} is for another circuit`,
        "Build the model again.",
        error,
      );
    if (error instanceof Torch2CircomError || error instanceof RangeError) throw error;
    throw new Torch2CircomError(
      "KEY_INVALID",
      `The proving key ${zkey} cannot be used (${(error as Error).message})`,
      "Build the model again.",
      error as Error,
    );
  }
});
