import { Signature, type Signer } from "ethers";
import { jobIdOf } from "./binding.js";
import type { Contracts } from "./contracts.js";
import { jobTerms, type Job, type JobRequest } from "./escrow.js";
import { send, type Receipt } from "./send.js";
import { requireToken, signPermit, signReceive } from "./token.js";

/** What a client signs to fund a job by EIP-3009: of one job, on one chain and escrow. */
export interface RequestAuthorization {
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  /** 65 bytes, in hexadecimal. */
  readonly signature: string;
}

/**
 * Locks the payment of a job in a token with EIP-2612: one transaction, without one that approves.
 *
 * @param contracts see {@link contractsAt}
 * @param client signs the permit, sends the transaction, and gets the refund
 * @param request the terms, in an ERC-20 token
 * @returns the job's id, its whole terms, and the transaction
 * @throws Torch2CircomError for a job in the native token
 * @example
 * ```ts
 * import { requestWithPermit } from "torch2circom/client";
 *
 * async function ask(token: string) {
 *   const { jobId } = await requestWithPermit(contracts, signer, {
 *     modelId,
 *     inputCommitment: 12345n,
 *     amount: 1000n,
 *     token, // with EIP-2612, as USDC
 *   });
 *   return jobId;
 * }
 * console.log(ask.name);
 * ```
 */
export async function requestWithPermit(
  { escrow }: Contracts,
  client: Signer,
  request: JobRequest,
): Promise<Receipt & { readonly jobId: string; readonly job: Job }> {
  const job = await jobTerms(client, request);
  requireToken(job.token);
  const { v, r, s } = await signPermit(client, await escrow.getAddress(), job);
  const receipt = await send(() => escrow.connect(client).requestWithPermit(job, "0x", job.fundBy, v, r, s));
  return { jobId: jobIdOf(job), job, ...receipt };
}

/**
 * Signs the funding of a job in a token with EIP-3009. Whoever has it can fund the job until its `fundBy`. It costs no
 * gas, and cannot be used to settle the job: see {@link authorizeSettlement} for that.
 *
 * @param contracts see {@link contractsAt}
 * @param client the job's client
 * @param job the terms, see {@link jobTerms}; its token is an ERC-20 token
 * @throws Torch2CircomError for a job in the native token
 * @example
 * ```ts
 * import { authorizeRequest, jobTerms } from "torch2circom/client";
 *
 * async function offer(token: string) {
 *   const job = await jobTerms(signer, { modelId, inputCommitment: 12345n, amount: 1000n, token });
 *   return { job, authorization: await authorizeRequest(contracts, signer, job) };
 * }
 * console.log(offer.name);
 * ```
 */
export async function authorizeRequest(
  { escrow }: Contracts,
  client: Signer,
  job: Job,
): Promise<RequestAuthorization> {
  requireToken(job.token);
  return signReceive(client, await escrow.getAddress(), job, await escrow.jobDigest(jobIdOf(job)));
}

/**
 * Funds a job with what its client has signed. Anyone can send it.
 *
 * @param contracts see {@link contractsAt}
 * @param sender pays the gas
 * @param job the terms, as the client has signed them
 * @param authorization see {@link authorizeRequest}
 * @example
 * ```ts
 * import { requestWithAuthorization, type Job, type RequestAuthorization } from "torch2circom/client";
 *
 * async function fund(job: Job, authorization: RequestAuthorization) {
 *   return (await requestWithAuthorization(contracts, signer, job, authorization)).transaction;
 * }
 * console.log(fund.name);
 * ```
 */
export function requestWithAuthorization(
  { escrow }: Contracts,
  sender: Signer,
  job: Job,
  { validAfter, validBefore, signature }: RequestAuthorization,
): Promise<Receipt> {
  const { v, r, s } = Signature.from(signature);
  return send(() =>
    escrow.connect(sender).requestWithAuthorization(job, "0x", validAfter, validBefore, v, r, s),
  );
}
