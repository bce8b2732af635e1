/** EIP-712 types for wallets and libraries of any kind: ethers' `signTypedData`, viem's, `eth_signTypedData_v4`. */

/** The escrow that a job is of: proofs and signatures are good for one chain and one escrow. */
export interface EscrowId {
  readonly chainId: bigint;
  /** Address of the escrow. */
  readonly escrow: string;
}

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

/** viem wants literal names, ethers arrays that are not read-only. */
const typesOf = <const T>(types: T) => types as Mutable<T>;

/** A job, as the provider signs that it accepts it: see `InferenceEscrow.request`. */
export const JOB_TYPES = typesOf({
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
});

/** What a client signs to pay for a job in the transaction that proves its output: see `InferenceEscrow.settle`. */
export const SETTLEMENT_TYPES = typesOf({ Settlement: [{ name: "job", type: "Job" }], Job: JOB_TYPES.Job });

/**
 * EIP-3009: pays a job from the client's tokens, `to` the escrow, with the digest of the job or of the settlement as
 * `nonce`. In the token's domain.
 */
export const AUTHORIZATION_TYPES = typesOf({
  ReceiveWithAuthorization: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "validAfter", type: "uint256" },
    { name: "validBefore", type: "uint256" },
    { name: "nonce", type: "bytes32" },
  ],
});

/** EIP-2612: an allowance, `spender` the escrow. In the token's domain. */
export const PERMIT_TYPES = typesOf({
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
});

/**
 * The EIP-712 domain of an escrow.
 *
 * @param escrow chain and address
 * @example
 * ```ts
 * import { TypedDataEncoder } from "ethers";
 * import { escrowDomain, JOB_TYPES, planDeployment } from "torch2circom/client";
 *
 * const domain = escrowDomain({ chainId: 1n, escrow: planDeployment().escrow.address });
 * console.log(TypedDataEncoder.hashDomain(domain), JOB_TYPES.Job.length);
 * ```
 */
export function escrowDomain({ chainId, escrow }: EscrowId) {
  return {
    name: "InferenceEscrow",
    version: "1",
    chainId,
    verifyingContract: escrow as `0x${string}`,
  } as const;
}
