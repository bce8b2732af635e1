import { groth16 } from "snarkjs";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { serve } from "../progress/thread.js";
import type { ProveReturnType } from "./types.js";

export interface ProofRun {
  /** Path of the proving key. */
  readonly zkey: string;
  /** Bytes of a `.wtns` file. */
  readonly witness: Uint8Array;
}

serve<ProofRun, ProveReturnType>(async ({ zkey, witness }) => {
  const start = performance.now();
  try {
    const { proof, publicSignals } = await groth16.prove(zkey, { type: "mem", data: witness });
    return { proof, publicSignals, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    if (error instanceof Error && /Invalid witness length/.test(error.message))
      throw new Torch2CircomError(
        "KEY_INVALID",
        `The proving key ${zkey} is for another circuit`,
        "Build the model again.",
        error,
      );
    throw error;
  }
});
