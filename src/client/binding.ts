import { AbiCoder, keccak256, TypedDataEncoder } from "ethers";
import type { Job } from "./terms.js";
import { escrowDomain, JOB_TYPES, type EscrowId } from "./typedData.js";

/**
 * The id of a job: the EIP-712 hash of its terms, as InferenceEscrow.hashJob computes it. It says nothing of chain and
 * escrow, so that it stays what it is if a chain changes its id.
 *
 * @param job the terms
 * @returns 32 bytes, in hexadecimal
 * @example
 * ```ts
 * import { jobIdOf, requestInference } from "torch2circom/client";
 *
 * const { jobId, job } = await requestInference(contracts, signer, { modelId, inputCommitment: 12345n, amount: 1000n });
 * console.log(jobIdOf(job) === jobId); // true
 * ```
 */
export function jobIdOf(job: Job): string {
  return TypedDataEncoder.hashStruct("Job", JOB_TYPES, job);
}

/**
 * The public signal that binds a proof to one job of one escrow on one chain, and to one payee:
 * keccak256(abi.encode(digest, payee)) >> 8, where the digest is EIP-712's of the job.
 *
 * @param jobId see {@link jobIdOf}
 * @param payee address that the proof is to pay
 * @param escrow chain and address of the escrow
 * @returns a number below 2^248
 * @example
 * ```ts
 * import { bindingOf, planDeployment } from "torch2circom/client";
 *
 * const jobId = `0x${"11".repeat(32)}`;
 * const payee = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
 * const binding = bindingOf(jobId, payee, { chainId: 1n, escrow: planDeployment().escrow.address });
 * console.log(binding < 2n ** 248n); // true
 * ```
 */
export function bindingOf(jobId: string, payee: string, escrow: EscrowId): bigint {
  const coded = AbiCoder.defaultAbiCoder().encode(
    ["bytes32", "address"],
    [jobDigestOf(jobId, escrow), payee],
  );
  return BigInt(keccak256(coded)) >> 8n;
}

/**
 * What a provider signs to accept a job, and what a proof of it is bound to: the EIP-712 digest of its terms, as
 * InferenceEscrow.jobDigest computes it.
 *
 * @param jobId see {@link jobIdOf}
 * @param escrow chain and address of the escrow
 * @returns 32 bytes, in hexadecimal
 * @example
 * ```ts
 * import { jobDigestOf, planDeployment } from "torch2circom/client";
 *
 * const jobId = `0x${"11".repeat(32)}`;
 * console.log(jobDigestOf(jobId, { chainId: 1n, escrow: planDeployment().escrow.address }));
 * ```
 */
export function jobDigestOf(jobId: string, escrow: EscrowId): string {
  const domain = TypedDataEncoder.hashDomain(escrowDomain(escrow));
  return keccak256(`0x1901${domain.slice(2)}${jobId.slice(2)}`);
}
