import type { Log } from "../log.js";

/** How a ledger sends, and when it believes. */
export interface LedgerOptions {
  /** Wei for a unit of gas, above which intents that are not urgent wait. */
  readonly maxGasPrice: bigint;
  /** Wei for a unit of gas that a transaction offers at most, whatever is urgent. */
  readonly mostFee: bigint;
  /** Blocks on top of a transaction's block that make it final. @default 12 */
  readonly confirmations?: number;
  /** Blocks after which a transaction that is next and is not mined is replaced. @default 5 */
  readonly patience?: number;
  /** Transactions that are not mined, at most: nodes keep few of one account. @default 16 */
  readonly mostOpen?: number;
  /** Milliseconds for one call of the node. @default 10000 */
  readonly callTime?: number;
  /** Milliseconds for all calls of one tick. @default 60000 */
  readonly tickTime?: number;
  /** Take the nonce from the chain if the tables are older than the account's last transaction; see `adoptNonce`. @default false */
  readonly adoptNonce?: boolean;
  readonly log: Log;
}

export type Options = Required<LedgerOptions>;

export const DEFAULTS = {
  confirmations: 12,
  patience: 5,
  mostOpen: 16,
  callTime: 10_000,
  tickTime: 60_000,
  adoptNonce: false,
};

/** An option that is undefined is one that was not given. */
export function withDefaults(options: LedgerOptions): Options {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...(Object.fromEntries(given) as LedgerOptions & typeof DEFAULTS) };
}
