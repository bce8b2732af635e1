import { isDatabaseGone } from "../database/database.js";
import type { Log } from "../log.js";
import { NodeError } from "./node.js";

/** What a piece of work is about, for the log. */
export interface About {
  readonly intent?: string;
  readonly nonce?: number;
}

/** Lets a ledger go on where the node or the database fails: what failed is counted and logged, and tried again later. */
export class Guard {
  /** Failures so far. */
  readonly errors = { node: 0, database: 0 };

  constructor(private readonly log: Log) {}

  /** @returns undefined if the node or the database failed; other errors are thrown */
  async run<Result>(work: () => Promise<Result>, { intent, nonce }: About = {}): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      const isNode = error instanceof NodeError;
      if (!isNode && !isDatabaseGone(error)) throw error;
      this.errors[isNode ? "node" : "database"]++;
      const { code } = error as Error & { code?: string };
      if (isNode) this.log({ intent, nonce, call: error.call, code }, "the node failed");
      else this.log({ intent, nonce, code }, "the database failed");
      return undefined;
    }
  }
}
