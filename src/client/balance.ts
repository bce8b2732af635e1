import { ZeroAddress, type Signer } from "ethers";
import type { Contracts } from "./contracts.js";
import { jobTerms, type Job, type JobRequest } from "./escrow.js";
import { send, type Receipt } from "./send.js";
import { approveToken } from "./allowance.js";

/**
 * What an account has in the escrow: deposits, payments and refunds that were not withdrawn.
 *
 * @param contracts see {@link contractsAt}
 * @param account address of the owner
 * @param token address of an ERC-20 token. Default: the native token
 * @returns an amount, in wei or in the token's units
 * @example
 * ```ts
 * import { balanceOf } from "torch2circom/client";
 *
 * console.log(await balanceOf(contracts, await signer.getAddress()));
 * ```
 */
export function balanceOf({ escrow }: Contracts, account: string, token = ZeroAddress): Promise<bigint> {
  return escrow.balanceOf(account, token);
}

/**
 * Adds to the sender's balance in the escrow: for bonds, and for jobs that are funded from it. An ERC-20 token is
 * approved first where the allowance does not suffice.
 *
 * @param contracts see {@link contractsAt}
 * @param account sends the transaction, and owns the balance
 * @param amount above 0, in wei or in the token's units
 * @param token address of an ERC-20 token. Default: the native token
 * @example
 * ```ts
 * import { deposit } from "torch2circom/client";
 *
 * console.log((await deposit(contracts, signer, 1000n)).transaction);
 * ```
 */
export async function deposit(
  { escrow }: Contracts,
  account: Signer,
  amount: bigint,
  token = ZeroAddress,
): Promise<Receipt> {
  if (token !== ZeroAddress) await approveToken(account, token, await escrow.getAddress(), amount);
  const value = token === ZeroAddress ? amount : 0n;
  return send(() => escrow.connect(account).deposit(token, amount, { value }));
}

/**
 * Locks the payment of a job, taken from the client's balance in the escrow.
 *
 * @param contracts see {@link contractsAt}
 * @param client pays, and gets the refund
 * @param request the terms
 * @returns the job's id, its whole terms, and the transaction
 * @example
 * ```ts
 * import { deposit, requestFromBalance } from "torch2circom/client";
 *
 * await deposit(contracts, signer, 2000n); // for two jobs
 * for (const inputCommitment of [12345n, 67890n]) {
 *   const { jobId } = await requestFromBalance(contracts, signer, { modelId, inputCommitment, amount: 1000n });
 *   console.log(jobId);
 * }
 * ```
 */
export async function requestFromBalance(
  { escrow }: Contracts,
  client: Signer,
  request: JobRequest,
): Promise<Receipt & { readonly jobId: string; readonly job: Job }> {
  const job = await jobTerms(client, request);
  const receipt = await send(() => escrow.connect(client).requestFromBalance(job, "0x"));
  return { jobId: await escrow.hashJob(job), job, ...receipt };
}
