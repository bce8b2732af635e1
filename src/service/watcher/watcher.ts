import type { Block, Provider } from "ethers";
import type { Contracts } from "../../client/contracts.js";
import { explain } from "../../client/errors.js";
import { isAnswerOfNode } from "../../client/nodeErrors.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Log } from "../log.js";
import { within } from "../nodes/within.js";
import { eventsOf, topicsOf, type EscrowEvent } from "./escrowEvents.js";
import type { EventStore, Watched } from "./eventStore.js";

/** What a watcher reads, and how. */
export interface WatcherOptions {
  readonly contracts: Contracts;
  /** Reads jobs that are closed for it, and open ones. */
  readonly provider: string;
  /** Nodes of the chain: where one fails, the next one is asked from then on. */
  readonly nodes: readonly Provider[];
  /** Blocks on top of a block that is final. */
  readonly confirmations: number;
  /** First block to read. @default where it was, the first time 50,000 blocks before the latest one */
  readonly fromBlock?: number;
  /** Milliseconds for one call of a node. @default 10000 */
  readonly callTime?: number;
  readonly log: Log;
}

/** Blocks before the latest one where the first reading begins. */
const LOOK_BACK = 50_000;

/** Blocks that are asked for at once, at most: half of it after a refusal. */
const WINDOW = 2_000;

/** Blocks that are read again where the chain has another block than the last one that was final. */
const DEPTH = 256;

/** Milliseconds after which a round ends, whatever is left to read: other work waits for it. */
const ROUND_TIME = 5_000;

/** Milliseconds between two times that old events are forgotten. */
const FORGET_TIME = 3_600_000;

/**
 * Reads the escrow's events into the database, again and again. How far it is, is written down for blocks that are final only:
 * those after them are read again each time, so that what a node did not know yet, and what a reorganization has changed, comes
 * in its place.
 */
export class Watcher {
  private window = WINDOW;
  /** Number of the node that is asked. */
  private turn = 0;
  private isPlaced = false;
  /** Hash of the latest block when all was read. */
  private seen?: string;
  private forgotten = -Infinity;

  constructor(
    private readonly store: EventStore,
    private readonly options: WatcherOptions,
  ) {}

  /**
   * Reads what is new, as far as a few seconds go. What was read is kept, whatever fails after it.
   *
   * @throws Torch2CircomError where no node answers; the next round goes on
   */
  async round(): Promise<void> {
    const end = performance.now() + ROUND_TIME;
    const { nodes } = this.options;
    for (let left = nodes.length; left > 0; left--) {
      try {
        await this.read(nodes[this.turn], end);
        break;
      } catch (error) {
        if (!(error instanceof NotTold)) throw error;
        this.turn = (this.turn + 1) % nodes.length;
        if (left === 1) throw error;
      }
    }
    if (performance.now() - this.forgotten < FORGET_TIME) return;
    await this.store.forget();
    this.forgotten = performance.now();
  }

  private async read(node: Provider, end: number): Promise<void> {
    const latest = await this.block(node, "latest");
    if (latest.hash === this.seen) return;
    const head = latest.number;
    const { first, ...mark } = await this.standing(node, head);
    const final = head - this.options.confirmations;
    for (let from = mark.number + 1; from <= head && performance.now() < end;) {
      const most = from <= final ? final : head;
      const range = await this.range(node, from, most);
      // Reorganized meanwhile: the next round finds the chain as it is then.
      if (range === undefined) return;
      const { to, hash, events } = range;
      const read = to <= final ? { first, number: to, hash } : undefined;
      for (const job of await this.store.replace(from, to, events, read))
        this.options.log({ job }, "Funded without a quote: its input is waited for");
      if (hash === latest.hash) this.seen = hash;
      from = to + 1;
    }
  }

  /** How far the events are read of the chain that the node has. */
  private async standing(node: Provider, head: number): Promise<Watched> {
    const known = await this.store.watched();
    const { fromBlock } = this.options;
    const isMoved =
      fromBlock !== undefined &&
      known !== undefined &&
      (fromBlock < known.first || fromBlock > known.number + 1);
    if (known === undefined || (isMoved && !this.isPlaced)) {
      const first = Math.max(1, fromBlock ?? head - LOOK_BACK);
      await this.begin(node, first, first - 1);
    } else if ((await this.block(node, known.number)).hash !== known.hash) {
      this.options.log(
        { block: known.number },
        "The chain has another block: the escrow's events are read again",
      );
      await this.begin(node, known.first, Math.max(known.first - 1, known.number - DEPTH));
    }
    this.isPlaced = true;
    return (await this.store.watched())!;
  }

  private async begin(node: Provider, first: number, number: number): Promise<void> {
    await this.store.set(first, { number, hash: (await this.block(node, number)).hash! });
  }

  /**
   * The events from a block on, of as many blocks as the node tells at once.
   *
   * @param last block that is asked for
   * @returns undefined if the chain was reorganized in between: the events may be of another one than the last block
   */
  private async range(
    node: Provider,
    from: number,
    last: number,
  ): Promise<{ to: number; hash: string; events: EscrowEvent[] } | undefined> {
    const { contracts, provider } = this.options;
    const address = await contracts.escrow.getAddress();
    for (;;) {
      const to = Math.min(last, from + this.window - 1);
      const { hash } = await this.block(node, to);
      try {
        const filter = { address, topics: topicsOf(contracts), fromBlock: from, toBlock: to };
        const logs = await this.ask("events", () => node.getLogs(filter));
        // The same node knows the last block, and had it before: it lags behind none of these.
        if ((await this.block(node, to)).hash !== hash) return undefined;
        this.window = Math.min(WINDOW, Math.ceil(this.window * 1.25));
        const own = logs.filter((log) => log.blockNumber >= from && log.blockNumber <= to);
        return { to, hash: hash!, events: eventsOf(contracts, provider, own) };
      } catch (error) {
        // Nodes limit blocks, results, and time.
        this.window = Math.max(1, Math.floor((to - from + 1) / 2));
        if (from === to || !(error instanceof NotTold) || !error.isRefusal) throw error;
      }
    }
  }

  /** @throws NotTold where the node does not know it: it lags behind another one */
  private async block(node: Provider, number: number | "latest"): Promise<Block> {
    const block = await this.ask("block", () => node.getBlock(number));
    if (block?.hash) return block;
    throw new NotTold(`it does not know block ${number}`, false);
  }

  private async ask<Answer>(what: string, make: () => Promise<Answer>): Promise<Answer> {
    try {
      return await within(this.options.callTime ?? 10_000, make);
    } catch (error) {
      // What a node says may hold its address, with a key.
      const explained = explain(error);
      const code = explained instanceof Torch2CircomError ? explained.code : "no answer";
      throw new NotTold(`${what}: ${code}`, isAnswerOfNode(error), error as Error);
    }
  }
}

/** What a node does not tell. */
class NotTold extends Torch2CircomError {
  override readonly name = "NotTold";

  /** @param isRefusal whether it has said so, and would perhaps tell less */
  constructor(
    why: string,
    readonly isRefusal: boolean,
    cause?: Error,
  ) {
    super(
      "LOGS_MISSING",
      `The node does not tell the escrow's events (${why})`,
      "Nothing is lost. Choose a node that keeps old logs, give a second one (--fallback), or begin later (--from-block).",
      cause,
    );
  }
}
