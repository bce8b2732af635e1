import type { Log, Provider, TopicFilter } from "ethers";

/** Blocks that are asked for at once, unless the node wants fewer. */
const WINDOW = 2_000;

/** Blocks whose logs are remembered, to tell which of them a reorganization took away. */
const DEPTH = 256;

/** Logs that came into the chain, and those that a reorganization took out of it, the latest first. */
export interface Change {
  readonly removed: readonly Log[];
  readonly added: readonly Log[];
  /** Whether there are blocks to read at once. */
  readonly isBehind: boolean;
}

export const NOTHING: Change = { removed: [], added: [], isBehind: false };

/** The last block of a range that was read. Nothing is known of the one before the first range. */
interface Mark {
  readonly number: number;
  readonly hash?: string;
}

/**
 * The logs of one contract, from one block on, each once. They are asked for by ranges of blocks, and not by a filter
 * that the node keeps and may forget. If the chain has another block where a range ended, what came after the last
 * block that is still there is read again; after more than {@link DEPTH} blocks, everything.
 */
export class ChainLogs {
  /** The first one is never forgotten. */
  private marks: readonly Mark[];
  private logs: readonly Log[] = [];
  private window = WINDOW;

  constructor(
    private readonly provider: Provider,
    private readonly filter: { readonly address: string; readonly topics: TopicFilter },
    fromBlock: number,
    private readonly confirmations: number,
  ) {
    this.marks = [{ number: fromBlock - 1 }];
  }

  /** What is new since the last time. After an error it can be called again: nothing is lost. */
  async poll(): Promise<Change> {
    const known = await this.standingMarks();
    if (known === undefined) return NOTHING;
    const last = known.at(-1)!;
    const head = (await this.provider.getBlockNumber()) - this.confirmations;
    const to = Math.min(head, last.number + this.window);
    if (to <= last.number && known.length === this.marks.length) return NOTHING;

    const range = await this.range(last.number + 1, to);
    if (range === undefined) return NOTHING;
    const dropped = this.logs.filter((log) => log.blockNumber > last.number);
    this.marks = [...known, ...range.marks].filter((mark, i) => i === 0 || mark.number >= to - DEPTH);
    this.logs = [...this.logs.filter((log) => !dropped.includes(log)), ...range.logs].filter(
      (log) => log.blockNumber >= to - DEPTH,
    );
    return {
      removed: dropped.filter((log) => !isIn(range.logs, log)).reverse(),
      added: range.logs.filter((log) => !isIn(dropped, log)),
      isBehind: to < head,
    };
  }

  /** The marks whose blocks are still in the chain; undefined if the node does not know one: it lags behind another. */
  private async standingMarks(): Promise<readonly Mark[] | undefined> {
    for (let count = this.marks.length; count > 1; count--) {
      const { number, hash } = this.marks[count - 1];
      const block = await this.provider.getBlock(number);
      if (block === null) return undefined;
      if (block.hash === hash) return this.marks.slice(0, count);
    }
    return this.marks.slice(0, 1);
  }

  /** Undefined if the chain was reorganized in between: the logs may be of another one than the last block's. */
  private async range(
    fromBlock: number,
    toBlock: number,
  ): Promise<{ readonly marks: readonly Mark[]; readonly logs: readonly Log[] } | undefined> {
    if (toBlock < fromBlock) return { marks: [], logs: [] };
    const before = await this.provider.getBlock(toBlock);
    const logs = await this.getLogs(fromBlock, toBlock);
    const after = await this.provider.getBlock(toBlock);
    if (!before?.hash || before.hash !== after?.hash) return undefined;
    return { marks: [{ number: toBlock, hash: before.hash }], logs };
  }

  /** Nodes limit ranges, or results: half as many blocks are asked for next time. */
  private async getLogs(fromBlock: number, toBlock: number): Promise<readonly Log[]> {
    try {
      const logs = await this.provider.getLogs({ ...this.filter, fromBlock, toBlock });
      this.window = Math.min(WINDOW, Math.ceil(this.window * 1.25));
      return logs;
    } catch (error) {
      this.window = Math.max(1, Math.floor((toBlock - fromBlock + 1) / 2));
      throw error;
    }
  }
}

function isIn(logs: readonly Log[], { blockHash, index }: Log): boolean {
  return logs.some((log) => log.blockHash === blockHash && log.index === index);
}
