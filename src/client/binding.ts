import { AbiCoder, keccak256 } from "ethers";

/**
 * The public signal that binds a proof to one job and one payee, as the escrow computes it:
 * keccak256(abi.encode(jobId, payee)) >> 8.
 */
export function bindingOf(jobId: string, payee: string): bigint {
  return BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "address"], [jobId, payee]))) >> 8n;
}
