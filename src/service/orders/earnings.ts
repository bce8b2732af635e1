import { explainRefusal } from "../../client/errors.js";
import type { Database } from "../database/database.js";
import type { Shop } from "../offer/shop.js";
import type { Submitter } from "./payment.js";

/** How the provider's earnings leave the escrow. */
export interface WithdrawingPolicy {
  /** Seconds from one withdrawal of a token to the next. @default never: the earnings stay in the escrow */
  readonly every?: number;
  /** Who gets them. @default the provider */
  readonly to?: string;
}

/**
 * Withdraws what the provider has in the escrow, of each token that is sold for. It can be called at any time, again and again.
 *
 * @returns the ids of the intents
 */
export async function withdrawEarnings(
  { contracts: { escrow }, provider, models }: Shop,
  database: Database,
  ledger: Submitter,
  { every, to: recipient = provider }: WithdrawingPolicy,
): Promise<string[]> {
  if (every === undefined) return [];
  const begun: string[] = [];
  for (const token of new Set(models.flatMap(({ prices }) => prices.map((price) => price.token)))) {
    const prefix = `withdraw:${token}:`;
    const [{ count, isWaiting }] = await database.query<{ count: number; isWaiting: boolean }>(
      `select count(*)::int as count, coalesce(bool_or(
         state in ('waiting', 'sent', 'mined') or created_at > now() - make_interval(secs => $2)), false) as "isWaiting"
       from intent where starts_with(id, $1)`,
      [prefix, every],
    );
    if (isWaiting) continue;
    const amount = await explainRefusal(() => escrow.balanceOf(provider, token));
    if (amount === 0n) continue;
    const { to, data } = await escrow.withdraw.populateTransaction(token, amount, recipient);
    const id = `${prefix}${count}`;
    await ledger.submit(database, { id, to, data, value: 0n });
    begun.push(id);
  }
  return begun;
}
