import { ZeroAddress } from "ethers";
import { unitOf, type Unit } from "../../client/unit.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { checkedAddress, parseAmount } from "../../runtime/payments/amount.js";
import type { Chain } from "../../runtime/payments/chain.js";

/** What an answer costs in one token. */
export interface Price {
  /** Address; 0 for the native token. */
  readonly token: string;
  /** In wei, or in the token's units. */
  readonly amount: bigint;
  readonly unit: Unit;
  /** What the amount is worth, in wei, to be compared with gas. @default unknown: it is not compared */
  readonly worth?: bigint;
}

/**
 * Reads a price list.
 *
 * @param chain where the tokens are
 * @param texts of one price each: an amount in whole tokens, and unless it is the native one the token's address, and what
 *   the amount is worth in the native one: "0.001", "1.5 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48 0.0004"
 * @throws Torch2CircomError for a text that is no price, a token that is none, and two prices in one token
 */
export async function readPrices(chain: Chain, texts: readonly string[]): Promise<Price[]> {
  const prices: Price[] = [];
  for (const text of texts) {
    const [amount, address, worth, ...more] = text.trim().split(/\s+/);
    const token = address === undefined ? ZeroAddress : checkedAddress(address, "token");
    if (more.length > 0 || prices.some((price) => price.token === token))
      throw new Torch2CircomError(
        "INVALID_ARGUMENT",
        more.length > 0
          ? `"${text}" is not a price`
          : `There are two prices in ${address ?? "the native token"}`,
        'Write an amount, and unless it is the native token its address and what it is worth: "0.001", "1.5 0x…" or "1.5 0x… 0.0004".',
      );
    const whole = await parseAmount(chain, amount, token);
    prices.push({
      token,
      amount: whole,
      unit: await unitOf(chain.signer, token),
      worth: await worthIn(chain, token, whole, worth),
    });
  }
  return prices;
}

async function worthIn(
  chain: Chain,
  token: string,
  amount: bigint,
  text: string | undefined,
): Promise<bigint | undefined> {
  if (token === ZeroAddress) return amount;
  return text === undefined ? undefined : parseAmount(chain, text, ZeroAddress);
}
