import { hexlify, randomBytes, ZeroAddress, type Signer } from "ethers";
import { explainRefusal } from "./errors.js";

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
  /** What the provider stakes, from its balance in the escrow: its signature is needed to fund the job. @default 0n */
  readonly bond?: bigint;
  /** Seconds from the latest block until the job can be funded no more. @default `seconds`, half of it with a bond */
  readonly fundSeconds?: number;
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
  const block = await explainRefusal(async () => client.provider?.getBlock("latest"));
  const now = BigInt(block?.timestamp ?? Math.floor(Date.now() / 1000));
  const { seconds = 3600, bond = 0n } = request;
  // A provider with a bond is to have time to prove, however late the client funds the job.
  const fundSeconds = request.fundSeconds ?? (bond === 0n ? seconds : Math.floor(seconds / 2));
  return {
    modelId: request.modelId,
    inputCommitment: request.inputCommitment,
    client: await client.getAddress(),
    provider: request.provider ?? ZeroAddress,
    token: request.token ?? ZeroAddress,
    amount: request.amount,
    bond,
    fundBy: now + BigInt(fundSeconds),
    fulfillBy: now + BigInt(seconds),
    callback: ZeroAddress,
    callbackGas: 0n,
    salt: hexlify(randomBytes(32)),
  };
}
