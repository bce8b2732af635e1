import { statfs } from "node:fs/promises";
import type { ErrorCode } from "../../errors/codes.js";
import type { Sql } from "../database/database.js";
import { makeMeters } from "./meters.js";
import { readNow, type Now } from "./now.js";
import type { Buckets } from "./summedHistogram.js";
import { readSums, type Sum } from "./tally.js";
import { Recent, answeredWithin } from "./recent.js";

/** What is measured beside requests. */
export interface Sources {
  readonly sql: Sql;
  /** Wei of the account that signs. */
  readonly balance: () => Promise<bigint>;
  /** Failures of the node and of the database in transactions, since the start. */
  readonly ledgerErrors: () => Readonly<Record<string, number>>;
  /** Failures of repeated steps by name, since the start. */
  readonly stepFailures: () => ReadonlyMap<string, number>;
  /** Of the service, on the disk that may get full. */
  readonly folder?: string;
}

/** Quotes of a model that were refused. */
export interface Refusals {
  /** Name of the build. */
  readonly model: string;
  /** Code of the problem. */
  readonly reason: string;
  readonly count: number;
}

/** Milliseconds for which a text is given again, those that a scrape waits, and those between two questions about the balance. */
const [FRESH, PATIENCE, BALANCE_FRESH] = [1000, 2000, 15_000];

/** Milliseconds after which a balance is shown no more. */
const BALANCE_OLD = 300_000;

/** What a service measures, in the text form of Prometheus. Counts of requests are this process's; the others are the tables'. */
export class Metrics {
  private readonly meters = makeMeters();
  private readonly text: Recent<string>;
  private readonly figures: Recent<readonly [Sum[], Now]>;
  private readonly balance: Recent<bigint>;

  constructor(private readonly sources: Sources) {
    this.text = new Recent(() => this.scrape(), FRESH);
    this.figures = new Recent(
      async () => [await readSums(sources.sql), await readNow(sources.sql)] as const,
      FRESH,
    );
    this.balance = new Recent(sources.balance, BALANCE_FRESH, BALANCE_OLD);
  }

  get contentType(): string {
    return this.meters.registry.contentType;
  }

  /** Names of all metrics. */
  get names(): string[] {
    return this.meters.registry.getMetricsAsArray().map(({ name }) => name);
  }

  /** All metrics. Whoever asks at the same time gets the same; no slow part is waited for. */
  read(): Promise<string> {
    return this.text.read();
  }

  /** Counts a quote. @param model name of the build */
  quoted(model: string): void {
    this.meters.quotes.inc({ model });
  }

  /** Counts a quote that was not made. @param model name of the build */
  refused(model: string, reason: ErrorCode): void {
    this.meters.refused.inc({ model, reason });
  }

  /** Counts a request. @param route as it is declared; undefined for an address that is none */
  answered(method: string, route: string | undefined, status: number, seconds: number): void {
    // A method of a request that nothing serves may be any.
    const labels = route === undefined ? { method: "any", route: "none" } : { method, route };
    this.meters.requests.observe({ ...labels, status }, seconds);
  }

  /** Quotes that were refused since the start. */
  async refusals(): Promise<readonly Refusals[]> {
    const { values } = await this.meters.refused.get();
    return values.map(({ labels, value }) => ({
      model: String(labels.model),
      reason: String(labels.reason),
      count: value,
    }));
  }

  /** Wei of the account that signs; undefined where the node has not told for some minutes. */
  async balanceNow(): Promise<bigint | undefined> {
    return (await answeredWithin(PATIENCE / 2, this.balance.read())) ?? this.balance.last;
  }

  /** @param open streams of events */
  streaming(open: number): void {
    this.meters.streams.set(open);
  }

  private async scrape(): Promise<string> {
    const { folder, ledgerErrors, stepFailures } = this.sources;
    const { meters } = this;
    const [figures, balance, disk] = await Promise.all([
      answeredWithin(PATIENCE, this.figures.read()),
      this.balanceNow(),
      folder === undefined ? undefined : answeredWithin(PATIENCE, statfs(folder)),
    ]);
    this.fillTables(figures);
    show(meters.balance, balance === undefined ? undefined : Number(balance));
    show(meters.freeBytes, disk === undefined ? undefined : disk.bavail * disk.bsize);
    meters.ledgerErrors.reset();
    for (const [part, count] of Object.entries(ledgerErrors())) meters.ledgerErrors.inc({ part }, count);
    meters.stepFailures.reset();
    for (const [step, count] of stepFailures()) meters.stepFailures.inc({ step }, count);
    return meters.registry.metrics();
  }

  private fillTables(figures: readonly [Sum[], Now] | undefined): void {
    const { tables, proving, settling, databaseUp } = this.meters;
    for (const metric of Object.values(tables)) metric.reset();
    const [sums, now] = figures ?? [[], undefined];
    proving.fill(bucketsOf(sums, "proving"));
    settling.fill(bucketsOf(sums, "settling"));
    databaseUp.set(now === undefined ? 0 : 1);
    if (now === undefined) {
      // A count of 0 would look like a new start.
      for (const metric of [tables.gasUsed, tables.gasPaid]) metric.remove();
      return;
    }
    const of = (wanted: string) => sums.filter(({ name }) => name === wanted);
    for (const {
      labels: [model, state],
      value,
    } of of("jobs"))
      tables.jobs.set({ model, state }, value);
    for (const {
      labels: [model, outcome],
      value,
    } of of("attempts"))
      tables.attempts.inc({ model, outcome }, value);
    for (const {
      labels: [token],
      value,
    } of of("earned"))
      tables.earned.inc({ token }, value);
    for (const {
      labels: [status],
      value,
    } of of("transactions"))
      tables.transactions.inc({ status }, value);
    for (const { value } of of("gas")) tables.gasUsed.inc(value);
    for (const { value } of of("gas paid")) tables.gasPaid.inc(value);
    for (const { model, build, waiting, provers } of now.builds) {
      tables.queueDepth.set({ model }, waiting);
      tables.provers.set({ model, build: build.slice(0, 16) }, provers);
    }
    for (const [state, count] of Object.entries(now.open)) tables.openTransactions.set({ state }, count);
  }
}

function bucketsOf(sums: readonly Sum[], name: string): Buckets[] {
  const counted = sums.filter((sum) => sum.name === `${name} bucket`);
  return sums
    .filter((sum) => sum.name === `${name} seconds`)
    .map(({ labels: [model], value: seconds }) => {
      const own = counted.filter(({ labels }) => labels[0] === model);
      return { model, seconds, counts: new Map(own.map(({ labels, value }) => [labels[1], value])) };
    });
}

/** What is not known is not there: an old number would look like a new one. */
function show(gauge: { set(value: number): void; remove(): void }, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}
