import { concat, keccak256 } from "ethers";
import type { Manifest } from "../artifacts/manifestForm.js";
import type { VerificationKey } from "../groth16/types.js";
import { encodeVerificationKey } from "./escrow.js";

/** keccak256(abi.encode(keccak256(verificationKey), commitment)), as the registry computes it. */
export function modelIdOf({ model, hashes, setupHash }: Manifest, key: VerificationKey): string | undefined {
  if (hashes.r1cs === undefined) return undefined;
  const commitment = [model.sha256, hashes.r1cs, setupHash].map((hash) => `0x${hash}`);
  return keccak256(concat([keccak256(encodeVerificationKey(key)), ...commitment]));
}
