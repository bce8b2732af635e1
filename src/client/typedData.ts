/** EIP-712 types for wallets and libraries of any kind: ethers' `signTypedData`, viem's, `eth_signTypedData_v4`. */

/** A job, as the provider signs that it accepts it: see `InferenceEscrow.request`. */
export const JOB_TYPES = {
  Job: [
    { name: "modelId", type: "bytes32" },
    { name: "inputCommitment", type: "uint256" },
    { name: "client", type: "address" },
    { name: "provider", type: "address" },
    { name: "token", type: "address" },
    { name: "amount", type: "uint256" },
    { name: "bond", type: "uint256" },
    { name: "fundBy", type: "uint64" },
    { name: "fulfillBy", type: "uint64" },
    { name: "callback", type: "address" },
    { name: "callbackGas", type: "uint32" },
    { name: "salt", type: "bytes32" },
  ],
} as const;

/** EIP-3009: pays a job from the client's tokens, `to` the escrow, with the job's id as `nonce`. In the token's domain. */
export const AUTHORIZATION_TYPES = {
  ReceiveWithAuthorization: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "validAfter", type: "uint256" },
    { name: "validBefore", type: "uint256" },
    { name: "nonce", type: "bytes32" },
  ],
} as const;

/** EIP-2612: an allowance, `spender` the escrow. In the token's domain. */
export const PERMIT_TYPES = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/**
 * The domain of signatures for an escrow.
 *
 * @param chainId of the chain as it is
 * @param escrow its address
 * @example
 * ```ts
 * import { TypedDataEncoder } from "ethers";
 * import { escrowDomain, JOB_TYPES, planDeployment } from "torch2circom/client";
 *
 * const domain = escrowDomain(1n, planDeployment().escrow.address as `0x${string}`);
 * console.log(TypedDataEncoder.hashDomain(domain), JOB_TYPES.Job.length);
 * ```
 */
export function escrowDomain(chainId: bigint, escrow: `0x${string}`) {
  return { name: "InferenceEscrow", version: "1", chainId, verifyingContract: escrow } as const;
}
