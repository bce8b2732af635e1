import { hexlify, randomBytes, ZeroAddress, type Signer } from "ethers";

/** The terms of a job, as InferenceEscrow.Job; see IInferenceEscrow for each field. */
export interface Job {
  readonly modelId: string;
  readonly inputCommitment: bigint;
  readonly client: string;
  readonly provider: string;
  readonly token: string;
  readonly amount: bigint;
  readonly bond: bigint;
  readonly fundBy: bigint;
  readonly fulfillBy: bigint;
  readonly callback: string;
  readonly callbackGas: bigint;
  readonly salt: string;
}

export const JOB_STATUS = ["none", "funded", "fulfilled", "refunded"] as const;

/** Terms with the usual defaults: the native token, no bond, no callback, open to any provider. */
export interface JobRequest {
  readonly modelId: string;
  readonly inputCommitment: bigint;
  /** In wei, or in the token's units. */
  readonly amount: bigint;
  /** Address of an ERC-20 token. @default the native token */
  readonly token?: string;
  /** @default anyone */
  readonly provider?: string;
  /** Seconds from the latest block until the job can be refunded. @default 3600 */
  readonly seconds?: number;
}

/**
 * The whole terms of a job, which nobody has funded yet.
 *
 * @param client pays, and gets the refund; its provider tells the time of the latest block
 * @param request the terms that have no default
 * @example
 * ```ts
 * import { jobIdOf, jobTerms } from "torch2circom/client";
 *
 * const job = await jobTerms(signer, { modelId, inputCommitment: 12345n, amount: 1000n });
 * console.log(jobIdOf(job));
 * ```
 */
export async function jobTerms(client: Signer, request: JobRequest): Promise<Job> {
  const block = await client.provider?.getBlock("latest");
  const fulfillBy =
    BigInt(block?.timestamp ?? Math.floor(Date.now() / 1000)) + BigInt(request.seconds ?? 3600);
  return {
    modelId: request.modelId,
    inputCommitment: request.inputCommitment,
    client: await client.getAddress(),
    provider: request.provider ?? ZeroAddress,
    token: request.token ?? ZeroAddress,
    amount: request.amount,
    bond: 0n,
    fundBy: fulfillBy,
    fulfillBy,
    callback: ZeroAddress,
    callbackGas: 0n,
    salt: hexlify(randomBytes(32)),
  };
}
