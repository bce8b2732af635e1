import type { Signer } from "ethers";
import type { Contracts } from "../contracts.js";
import { fundJob, type FundOptions } from "../escrow.js";
import { authorizeSettlement } from "../settlement.js";
import { authorizeRequest } from "../signedRequest.js";
import { ask } from "./ask.js";
import { jobForm } from "./forms.js";
import type { Purchase } from "./purchase.js";

/**
 * How a job is paid for. "signature": the service sends the transaction, and the client needs no gas (EIP-3009, as USDC has it); where the answer stays
 * hidden until it is paid for, nothing is locked before it is proven;
 * "transaction": the client sends it.
 */
export type PaidBy = "signature" | "transaction";

/**
 * Pays for a job that was ordered. A signature can be given again, and pays once.
 *
 * @param contracts those that the order has found
 * @param signer the client's account
 * @param purchase what was ordered: keep it before
 * @param by what the client does
 * @param options of a transaction: how it is sent and waited for
 * @throws Torch2CircomError where the payment is refused, with the escrow's reason
 * @example
 * ```ts
 * import { payPurchase, type Purchase } from "torch2circom/client";
 *
 * const pay = (kept: Purchase) => payPurchase(contracts, signer, kept);
 * console.log(pay.name);
 * ```
 */
export async function payPurchase(
  contracts: Contracts,
  signer: Signer,
  { job, offer, jobId, service }: Purchase,
  by: PaidBy = BigInt(job.token) === 0n ? "transaction" : "signature",
  options: FundOptions = {},
): Promise<void> {
  if (by === "transaction") {
    await fundJob(contracts, signer, job, { ...options, providerSignature: offer });
    return;
  }
  const authorize = service.oneStep === true ? authorizeSettlement : authorizeRequest;
  const { validAfter, validBefore, signature } = await authorize(contracts, signer, job);
  const body = {
    of: service.oneStep === true ? "settlement" : "request",
    validAfter: validAfter.toString(),
    validBefore: validBefore.toString(),
    signature,
  };
  await ask(service.url, `/jobs/${jobId}/payment`, jobForm, { body, ticket: service.ticket });
}
