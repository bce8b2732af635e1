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
  readonly models: ReadonlyMap<string, Model>;
}

/** The key that a model's proofs are for, their public signals, and for how many jobs it has keys beside that. */
export interface Model {
  readonly key: string;
  readonly signals: number;
  readonly batches: readonly number[];
  /** Of a model that is proven in segments instead: the number of each one's key. */
  readonly segments?: readonly number[];
}

/** The name of a model's key for proofs of this many jobs. */
export const batchKeyOf = (key: string, jobs: number | bigint): string => `${key} for ${jobs}`;

/** The name of the key of a model's segments with this number. */
export const segmentKeyOf = (key: string, number: number): string => `${key}, segment key ${number}`;

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
