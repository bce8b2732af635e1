import { curves, groth16 } from "snarkjs";
import { serve } from "../progress/thread.js";
import { FIELD_ORDER } from "./field.js";
import type { Proof, PublicSignals, VerificationKey } from "./types.js";

export interface VerificationRun {
  readonly verificationKey: VerificationKey;
  readonly publicSignals: PublicSignals;
  readonly proof: Proof;
}

serve<VerificationRun, boolean>(async ({ verificationKey, publicSignals, proof }) => {
  const { G2 } = await curves.getCurveFromName("bn128");
  // snarkjs checks that points are on the curve; that of G2 has others than those of the subgroup.
  const b = G2.fromObject(proof.pi_b.map((coordinate) => coordinate.map(BigInt)));
  if (!G2.isValid(b) || !G2.isZero(G2.timesScalar(b, FIELD_ORDER))) return false;
  return groth16.verify(verificationKey, publicSignals, proof);
});
