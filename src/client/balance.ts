import { ZeroAddress, type Signer } from "ethers";
import type { Contracts } from "./contracts.js";
import { explainRefusal } from "./errors.js";
import type { FundOptions, Job } from "./escrow.js";
import { transact, type Receipt, type SendOptions } from "./send.js";
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
  return explainRefusal(() => escrow.balanceOf(account, token));
}

/**
 * Adds to the sender's balance in the escrow: for bonds, and for jobs that are funded from it. An ERC-20 token is
 * approved first where the allowance does not suffice.
 *
 * @param contracts see {@link contractsAt}
 * @param account sends the transaction, and owns the balance
 * @param amount above 0, in wei or in the token's units
 * @param token address of an ERC-20 token. Default: the native token
 * @param options how transactions are sent and waited for
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
  options?: SendOptions,
): Promise<Receipt> {
  if (token !== ZeroAddress) await approveToken(account, token, await escrow.getAddress(), amount, options);
  const value = token === ZeroAddress ? amount : 0n;
  return transact(account, await escrow.deposit.populateTransaction(token, amount, { value }), options);
}

/**
 * Locks the payment of a job, taken from the client's balance in the escrow.
 *
 * @param contracts see {@link contractsAt}
 * @param client pays, and gets the refund
 * @param job the terms, see {@link jobTerms}: keep them before, since their salt is nowhere else
 * @param options how the transaction is sent and waited for; of a job with a bond, its provider's signature
 * @example
 * ```ts
 * import { deposit, jobTerms, requestFromBalance } from "torch2circom/client";
 *
 * await deposit(contracts, signer, 2000n); // for two jobs
 * for (const inputCommitment of [12345n, 67890n]) {
 *   const job = await jobTerms(signer, { modelId, inputCommitment, amount: 1000n });
 *   console.log((await requestFromBalance(contracts, signer, job)).transaction);
 * }
 * ```
 */
export async function requestFromBalance(
  { escrow }: Contracts,
  client: Signer,
  job: Job,
  { providerSignature = "0x", ...options }: FundOptions = {},
): Promise<Receipt> {
  return transact(
    client,
    await escrow.requestFromBalance.populateTransaction(job, providerSignature),
    options,
  );
}
