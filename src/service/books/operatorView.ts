import type { Sql } from "../database/database.js";
import type { Problem } from "../log.js";
import type { Metrics, Refusals } from "../metrics/metrics.js";
import { Recent } from "../metrics/recent.js";
import type { Price } from "../offer/prices.js";
import type { OfferedModel, Shop } from "../offer/shop.js";
import { readBooks, type Books } from "./books.js";
import { readFailures, type Failures } from "./failures.js";
import { readProvers, readQueues, type ProverNow, type QueueOf } from "./floor.js";

/** A step that the service repeats, and that has failed the last time. */
export interface Trouble extends Problem {
  readonly step: string;
}

/** Where it comes from. */
export interface OperatorSources {
  readonly sql: Sql;
  readonly shop: Shop;
  /** Seconds within which an answer is promised. */
  readonly mostSeconds: number;
  /** Seconds until a job that is paid for now would be proven; undefined where no prover runs. */
  readonly expected: (model: OfferedModel) => Promise<number | undefined>;
  readonly metrics: Metrics;
  readonly troubles: () => readonly Trouble[];
}

/** All that an operator looks at. No input, salt or key is in it. */
export interface OperatorView {
  /** When it was read. */
  readonly at: Date;
  readonly books: Omit<Books, "provers">;
  /** Of the signing account, in wei; undefined where the node has not told for some minutes. */
  readonly balance: bigint | undefined;
  /** How tokens that are in the price list are written. */
  readonly units: readonly Pick<Price, "token" | "unit">[];
  /** With the seconds until a new job would be proven; undefined where no prover runs. */
  readonly queues: readonly (QueueOf & { readonly seconds: number | undefined })[];
  /** Seconds within which an answer is promised. */
  readonly mostSeconds: number;
  readonly provers: readonly ProverNow[];
  readonly failures: Failures;
  /** Quotes that were refused since the start. */
  readonly refusals: readonly Refusals[];
  readonly troubles: readonly Trouble[];
}

/** Milliseconds for which what was read is given again: the books count all jobs. */
const FRESH = 2_000;

/** What an operator looks at, however many look at it. */
export function operatorView(sources: OperatorSources): () => Promise<OperatorView> {
  const recent = new Recent(() => read(sources), FRESH);
  return () => recent.read();
}

async function read(sources: OperatorSources): Promise<OperatorView> {
  const { sql, shop, mostSeconds, expected, metrics, troubles } = sources;
  const seconds = async (queue: QueueOf) => {
    const offered = shop.models.find(({ model }) => model.manifest.name === queue.model);
    return { ...queue, seconds: offered && (await expected(offered)) };
  };
  const { jobs, amounts, awaited, gasPaid, transactions } = await readBooks(sql);
  const queues = await readQueues(sql);
  return {
    at: new Date(),
    books: { jobs, amounts, awaited, gasPaid, transactions },
    balance: await metrics.balanceNow(),
    units: shop.models.flatMap(({ prices }) => prices.map(({ token, unit }) => ({ token, unit }))),
    queues: await Promise.all(queues.map(seconds)),
    mostSeconds,
    provers: await readProvers(sql),
    failures: await readFailures(sql, { chain: shop.chain.id, address: shop.provider }),
    refusals: await metrics.refusals(),
    troubles: troubles(),
  };
}
