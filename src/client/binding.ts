import { AbiCoder, keccak256 } from "ethers";

/**
 * The public signal that binds a proof to one job and one payee, as the escrow computes it:
 * keccak256(abi.encode(jobId, payee)) >> 8.
 *
 * @param jobId 32 bytes, in hexadecimal
 * @param payee address that the proof is to pay
 * @returns a number below 2^248
 * @example
 * ```ts
 * import { bindingOf } from "torch2circom/client";
 *
 * const jobId = `0x${"11".repeat(32)}`;
 * const binding = bindingOf(jobId, "0x4e59b44847b379578588920cA78FbF26c0B4956C");
 * console.log(binding < 2n ** 248n); // true
 * ```
 */
export function bindingOf(jobId: string, payee: string): bigint {
  return BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "address"], [jobId, payee]))) >> 8n;
}
