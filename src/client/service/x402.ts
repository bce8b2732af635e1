import * as v from "valibot";
import type { Signer } from "ethers";
import { describeIssue } from "../../errors/formIssue.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { jobIdOf } from "../binding.js";
import { authorizeRequest } from "../signedRequest.js";
import { x402Form } from "./forms.js";
import { checkQuote, prepareOrder, type OrderOptions } from "./order.js";
import type { Purchase } from "./purchase.js";
import { networkOf, SCHEME } from "./x402Scheme.js";

export interface X402Options extends OrderOptions {
  /** Keeps what must not be lost, before anything is signed. @default nothing: the answer is lost if this program ends */
  readonly keep?: (purchase: Purchase) => unknown;
}

/** What an x402 client asks for, and how it pays. */
export interface X402Order {
  /** Where to POST. */
  readonly url: string;
  /** JSON, the same for both requests. */
  readonly body: string;
  /** The chain as x402 names it: "eip155:1". */
  readonly network: `eip155:${string}`;
  /** Address of the token. */
  readonly asset: string;
  /** The most that it may cost, in the token's smallest units. */
  readonly most: bigint;
  /** A `SchemeNetworkClient` of `@x402/core`, for this order alone. */
  readonly scheme: {
    readonly scheme: string;
    createPaymentPayload(
      version: number,
      requirements: object,
      context?: { readonly maxAmountPerPayment?: string },
    ): Promise<{ x402Version: number; payload: Record<string, unknown> }>;
  };
}

/**
 * Prepares an answer that a client of x402 buys in two requests: our scheme checks every term and signs the payment (EIP-3009).
 * The answer is then read by what `keep` was given, see {@link followPurchase}.
 *
 * @param signer the client's account
 * @param options what to buy, and where; its token is an ERC-20 token
 * @throws Torch2CircomError for an input outside the model's domain, and a key or contracts that are not safe
 * @example
 * ```ts
 * import { x402Order } from "torch2circom/client";
 *
 * async function prepare(url: string, token: string, x: number[]) {
 *   const order = await x402Order(signer, { url, model: modelId, input: { x }, token, keep: console.log });
 *   // new x402Client().register(order.network, order.scheme) pays a POST of order.body to order.url.
 *   return order;
 * }
 * console.log(prepare.name);
 * ```
 */
export async function x402Order(signer: Signer, { keep, ...options }: X402Options): Promise<X402Order> {
  const prepared = await prepareOrder(signer, options);
  const { url, model, body, asked } = prepared;
  const network = networkOf(model.chainId);
  const createPaymentPayload: X402Order["scheme"]["createPaymentPayload"] = async (
    version,
    requirements,
    { maxAmountPerPayment } = {},
  ) => {
    const parsed = v.safeParse(x402Form, requirements);
    if (!parsed.success) throw refused(`it asks otherwise: ${describeIssue(parsed.issues[0])}`);
    const { extra, amount, ...given } = parsed.output;
    const { job } = extra;
    if (version !== 2 || given.scheme !== SCHEME || given.network !== network)
      throw refused("it asks for another version, scheme or network");
    if (amount !== job.amount || given.asset !== job.token || given.payTo !== model.escrow)
      throw refused("it asks for another payment than the job's");
    if (maxAmountPerPayment !== undefined && amount > BigInt(maxAmountPerPayment))
      throw refused("it asks for more than the client spends");
    const { purchase, contracts } = await checkQuote(prepared, { jobId: jobIdOf(job), ...extra });
    await keep?.(purchase);
    const { validAfter, validBefore, signature } = await authorizeRequest(contracts, signer, job);
    const authorization = {
      validAfter: validAfter.toString(),
      validBefore: validBefore.toString(),
      signature,
    };
    const payload = { jobId: purchase.jobId, client: asked.client, authorization };
    return { x402Version: 2, payload };
  };
  return {
    url: `${url.replace(/\/+$/, "")}/models/${model.id}/infer`,
    body: JSON.stringify(body),
    ...{ network, asset: asked.token, most: asked.most },
    scheme: { scheme: SCHEME, createPaymentPayload },
  };
}

function refused(why: string): Torch2CircomError {
  return new Torch2CircomError(
    "JOB_REFUSED",
    `The service's request for payment was not expected: ${why}`,
    "Nothing was paid. Ask the provider, or another one.",
  );
}
