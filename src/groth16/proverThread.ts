import { curves, groth16 } from "snarkjs";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { serve } from "../progress/thread.js";
import { FIELD_ORDER } from "./field.js";
import { otherCircuit, unusableKey, unverifiedProof } from "./keyErrors.js";
import type { Proof, ProveReturnType, PublicSignals, VerificationKey } from "./types.js";

/** One proof, or one verification: one process does both, and starts its curve once. */
export type ProverRun = ProofRun | VerificationRun;

interface ProofRun {
  readonly kind: "prove";
  /** Path of the proving key. */
  readonly zkey: string;
  /** Bytes of a `.wtns` file. */
  readonly witness: Uint8Array;
  /** The key by which the proof has to verify, if any. */
  readonly verificationKey?: VerificationKey;
}

interface VerificationRun {
  readonly kind: "verify";
  readonly verificationKey: VerificationKey;
  readonly publicSignals: PublicSignals;
  readonly proof: Proof;
}

serve<ProverRun, ProveReturnType | boolean>((run) => (run.kind === "prove" ? prove(run) : verify(run)));

async function prove({ zkey, witness, verificationKey }: ProofRun): Promise<ProveReturnType> {
  const start = performance.now();
  try {
    const { proof, publicSignals } = await groth16.prove(zkey, { type: "mem", data: witness });
    if (verificationKey !== undefined && !(await groth16.verify(verificationKey, publicSignals, proof)))
      throw unverifiedProof(zkey);
    return { proof, publicSignals, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    if (error instanceof Error && /Invalid witness length/.test(error.message))
      throw otherCircuit(zkey, error);
    if (error instanceof Torch2CircomError || error instanceof RangeError) throw error;
    throw unusableKey(zkey, (error as Error).message, error as Error);
  }
}

async function verify({ verificationKey, publicSignals, proof }: VerificationRun): Promise<boolean> {
  const { G2 } = await curves.getCurveFromName("bn128");
  // snarkjs checks that points are on the curve; that of G2 has others than those of the subgroup.
  const b = G2.fromObject(proof.pi_b.map((coordinate) => coordinate.map(BigInt)));
  if (!G2.isValid(b) || !G2.isZero(G2.timesScalar(b, FIELD_ORDER))) return false;
  return groth16.verify(verificationKey, publicSignals, proof);
}
