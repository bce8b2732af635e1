import type { Signer } from "ethers";
import { ask } from "./ask.js";
import { quoteForm } from "./forms.js";
import { checkQuote, prepareOrder, type Order, type OrderOptions } from "./order.js";

export type { Order, OrderOptions } from "./order.js";

/**
 * Commits to an input, asks a service for a quote, and checks every term of it. Nothing is paid.
 *
 * @param signer the client's account
 * @param options what to buy, and where
 * @throws Torch2CircomError for an input outside the model's domain, a key or contracts that are not safe, and terms that were not
 *   asked for
 * @example
 * ```ts
 * import { orderInference } from "torch2circom/client";
 *
 * const order = (url: string, x: number[]) => orderInference(signer, { url, model: modelId, input: { x } });
 * console.log(order.name);
 * ```
 */
export async function orderInference(signer: Signer, options: OrderOptions): Promise<Order> {
  const prepared = await prepareOrder(signer, options);
  const { model, body } = prepared;
  return checkQuote(prepared, await ask(options.url, `/models/${model.id}/quotes`, quoteForm, { body }));
}
