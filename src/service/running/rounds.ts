import { setTimeout as wait } from "node:timers/promises";
import { problemOf, type Log, type Problem } from "../log.js";

/** Something that is done in every round, by its name. */
export type Step = readonly [name: string, work: () => Promise<unknown>];

/** Milliseconds from the end of a round to the next. */
const INTERVAL = 1000;

/** Does steps one after another, again and again. One that fails is logged, and stops no other. */
export class Rounds {
  /** What failed in the last round. */
  private failures = new Map<string, Problem>();
  private readonly counts = new Map<string, number>();
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;

  constructor(
    private readonly steps: readonly Step[],
    private readonly log: Log,
  ) {
    for (const [step] of steps) this.counts.set(step, 0);
    this.ended = this.run();
  }

  /** Why a step failed the last time, if it did. */
  failureOf(step: string): Problem | undefined {
    return this.failures.get(step);
  }

  /** How often steps have failed, by name. */
  get failureCounts(): ReadonlyMap<string, number> {
    return this.counts;
  }

  /** Ends after the round that runs. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      for (const step of this.steps) await this.do(step);
      await wait(INTERVAL, undefined, { signal }).catch(() => undefined);
    }
  }

  private async do([step, work]: Step): Promise<void> {
    try {
      await work();
      if (this.failures.delete(step)) this.log({ step }, "Goes on");
    } catch (error) {
      const problem = problemOf(error);
      // Once, however long it lasts.
      if (this.failures.get(step)?.problem !== problem.problem)
        this.log({ step, ...problem }, "Failed, and is tried again");
      this.failures.set(step, problem);
      this.counts.set(step, (this.counts.get(step) ?? 0) + 1);
    }
  }
}
