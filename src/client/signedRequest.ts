import { Signature, type Signer } from "ethers";
import { jobIdOf } from "./binding.js";
import type { Contracts } from "./contracts.js";
import { explainRefusal } from "./errors.js";
import type { FundOptions, Job } from "./escrow.js";
import { transact, type Receipt } from "./send.js";
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
 * @param job the terms, in an ERC-20 token, see {@link jobTerms}: keep them before, since their salt is nowhere else
 * @param options how the transaction is sent and waited for; of a job with a bond, its provider's signature
 * @throws Torch2CircomError for a job in the native token
 * @example
 * ```ts
 * import { jobTerms, requestWithPermit } from "torch2circom/client";
 *
 * async function ask(token: string) {
 *   const terms = { modelId, inputCommitment: 12345n, amount: 1000n, token }; // with EIP-2612, as USDC
 *   const job = await jobTerms(signer, terms);
 *   return requestWithPermit(contracts, signer, job);
 * }
 * console.log(ask.name);
 * ```
 */
export function requestWithPermit(
  { escrow }: Contracts,
  client: Signer,
  job: Job,
  { providerSignature = "0x", ...options }: FundOptions = {},
): Promise<Receipt> {
  return explainRefusal(async () => {
    requireToken(job.token);
    const { v, r, s } = await signPermit(client, await escrow.getAddress(), job);
    const terms = [job, providerSignature, job.fundBy, v, r, s] as const;
    return transact(client, await escrow.requestWithPermit.populateTransaction(...terms), options);
  });
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
export function authorizeRequest(
  { escrow }: Contracts,
  client: Signer,
  job: Job,
): Promise<RequestAuthorization> {
  return explainRefusal(async () => {
    requireToken(job.token);
    return signReceive(client, await escrow.getAddress(), job, await escrow.jobDigest(jobIdOf(job)));
  });
}

/**
 * Funds a job with what its client has signed. Anyone can send it.
 *
 * @param contracts see {@link contractsAt}
 * @param sender pays the gas
 * @param job the terms, as the client has signed them
 * @param authorization see {@link authorizeRequest}
 * @param options how the transaction is sent and waited for; of a job with a bond, its provider's signature
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
export async function requestWithAuthorization(
  { escrow }: Contracts,
  sender: Signer,
  job: Job,
  { validAfter, validBefore, signature }: RequestAuthorization,
  { providerSignature = "0x", ...options }: FundOptions = {},
): Promise<Receipt> {
  const { v, r, s } = Signature.from(signature);
  const terms = [job, providerSignature, validAfter, validBefore, v, r, s] as const;
  return transact(sender, await escrow.requestWithAuthorization.populateTransaction(...terms), options);
}
