import type { Witness } from "../circom/witnessFile.js";
import type { Proof, ProveReturnType, PublicSignals, VerificationKey } from "./types.js";

/** What makes Groth16 proofs from a `.zkey` and a witness. All make the same proofs, up to their randomness. */
export interface Prover {
  readonly name: "snarkjs" | "rapidsnark" | "warm";

  /**
   * Makes a proof, and verifies it.
   *
   * @param zkey path of the proving key.
   * @param witness one element for each wire.
   * @param verificationKey by which the proof has to verify.
   * @throws Torch2CircomError if the key cannot be used, the prover fails, or the proof does not verify.
   */
  prove(zkey: string, witness: Witness, verificationKey: VerificationKey): Promise<ProveReturnType>;

  /** Whether a proof is valid; false for malformed ones too. */
  verify(verificationKey: VerificationKey, publicSignals: PublicSignals, proof: Proof): Promise<boolean>;

  /** Ends what it has kept ready. A later call starts it again. */
  close(): void;
}
