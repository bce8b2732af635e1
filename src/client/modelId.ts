import { concat, keccak256 } from "ethers";
import type { Manifest } from "../artifacts/manifestForm.js";
import type { VerificationKey } from "../groth16/types.js";
import { encodeVerificationKey, type ModelCommitment } from "./escrow.js";

/** What the registry keeps beside the key; see IModelRegistry.Commitment. */
export function commitmentOf({ model, hashes, setupHash }: Manifest): ModelCommitment {
  return {
    modelHash: `0x${model.sha256}`,
    circuitHash: `0x${hashes.r1cs}`,
    setupHash: `0x${setupHash}`,
  };
}

/** keccak256(abi.encode(keccak256(verificationKey), commitment)), as the registry computes it. */
export function modelIdOf(manifest: Manifest, key: VerificationKey): string | undefined {
  // A stranger's manifest may lack it.
  if (manifest.hashes.r1cs === undefined) return undefined;
  const { modelHash, circuitHash, setupHash } = commitmentOf(manifest);
  return keccak256(concat([keccak256(encodeVerificationKey(key)), modelHash, circuitHash, setupHash]));
}
