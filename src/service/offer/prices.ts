import { ZeroAddress } from "ethers";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { checkedAddress, parseAmount, unitOf } from "../../runtime/payments/amount.js";
import type { Chain } from "../../runtime/payments/chain.js";
import type { Unit } from "../../runtime/types.js";

/** What an answer costs in one token. */
export interface Price {
  /** Address; 0 for the native token. */
  readonly token: string;
  /** In wei, or in the token's units. */
  readonly amount: bigint;
  readonly unit: Unit;
}

/**
 * Reads a price list.
 *
 * @param chain where the tokens are
 * @param texts of one price each: an amount in whole tokens, and the token's address unless it is the native one:
 *   "0.001", "1.5 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
 * @throws Torch2CircomError for a text that is no price, a token that is none, and two prices in one token
 */
export async function readPrices(chain: Chain, texts: readonly string[]): Promise<Price[]> {
  const prices: Price[] = [];
  for (const text of texts) {
    const [amount, address, ...more] = text.trim().split(/\s+/);
    const token = address === undefined ? ZeroAddress : checkedAddress(address, "token");
    if (more.length > 0 || prices.some((price) => price.token === token))
      throw new Torch2CircomError(
        "INVALID_ARGUMENT",
        more.length > 0
          ? `"${text}" is not a price`
          : `There are two prices in ${address ?? "the native token"}`,
        'Write an amount, and the address of a token unless it is the native one: "0.001" or "1.5 0x…".',
      );
    prices.push({
      token,
      amount: await parseAmount(chain, amount, token),
      unit: await unitOf(chain.signer, token),
    });
  }
  return prices;
}
