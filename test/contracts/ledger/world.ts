import type { Reason } from "./calls.js";

/** What a token is like: see contracts/test/OddTokens.sol. */
export type Habit = "authorizing" | "accepting" | "fee" | "hook" | "lying" | "native" | "rebasing" | "strict";

/** Who and what there is on the chain, by address. */
export interface World {
  readonly escrow: string;
  /** Accounts without code, which can send and sign. */
  readonly accounts: readonly string[];
  /** Smart accounts, callbacks and receivers, see contracts/test/Puppet.sol; `owner` signs for them. */
  readonly puppets: ReadonlySet<string>;
  readonly owner: string;
  /** Accounts with code that are no puppets. */
  readonly contracts: ReadonlySet<string>;
  readonly tokens: ReadonlyMap<string, Habit>;
  /** By model id: the key that its proofs are for, and their public signals. */
  readonly models: ReadonlyMap<string, { readonly key: string; readonly signals: number }>;
}

/** Ends a call, for any of the reasons. */
export class Refusal extends Error {
  constructor(readonly reasons: readonly Reason[]) {
    super(reasons.map(({ name }) => name || "revert").join(" or "));
  }
}

/** Refuses if there is a reason to. */
export function refuse(...reasons: readonly Reason[]): void {
  if (reasons.length > 0) throw new Refusal(reasons);
}
