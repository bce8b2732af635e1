import { BrowserProvider, type Eip1193Provider, type Signer } from "ethers";
import { followPurchase, type BoughtAnswer, type FollowOptions } from "./followPurchase.js";
import { orderInference, type OrderOptions } from "./orderInference.js";
import { payPurchase, type PaidBy } from "./payPurchase.js";
import type { Purchase } from "./purchase.js";

/** How an answer is paid for. */
export interface Payment {
  /** The client's account: a signer of ethers, or the provider of any wallet (EIP-1193). */
  readonly signer: Signer | Eip1193Provider;
  /** What to pay in. @default the first of the model's prices */
  readonly token?: string;
  /** The most that an answer may cost, in the token's smallest units. @default what the model's price list says */
  readonly most?: bigint;
  /** @default a signature, but for the native token, which cannot be paid so */
  readonly by?: PaidBy;
}

export interface BuyOptions extends FollowOptions, Omit<OrderOptions, "token" | "most"> {
  readonly pay: Payment;
  /** Keeps what must not be lost, before anything is paid. @default nothing: the answer is lost if this program ends */
  readonly keep?: (purchase: Purchase) => unknown;
}

/**
 * Buys an answer from a service: commits to the input, asks for a quote, checks every term of it, pays, waits for the proof and
 * checks it. The service is trusted with the input, and with nothing else.
 *
 * @param options what to buy, where, and how it is paid
 * @returns the outputs, and all that proves them
 * @throws Torch2CircomError for an input outside the model's domain, terms that were not asked for, an answer that is none, and a
 *   service that does not answer in time: {@link followPurchase} goes on with what `keep` has kept
 * @example
 * ```ts
 * import { buyInference } from "torch2circom/client";
 *
 * async function classify(url: string, x: number[]) {
 *   const { outputs } = await buyInference({ url, model: modelId, input: { x }, pay: { signer } });
 *   return outputs[0].values;
 * }
 * console.log(classify.name);
 * ```
 */
export async function buyInference({ pay, keep, ...options }: BuyOptions): Promise<BoughtAnswer> {
  const { token, most, by } = pay;
  const signer =
    "signTypedData" in pay.signer ? pay.signer : await new BrowserProvider(pay.signer).getSigner();
  const { purchase, contracts, model } = await orderInference(signer, { ...options, token, most });
  await keep?.(purchase);
  await payPurchase(contracts, signer, purchase, by);
  return followPurchase(purchase, { ...options, model });
}
