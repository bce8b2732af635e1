import { setTimeout as wait } from "node:timers/promises";
import { bindingOf } from "../../client/binding.js";
import { ProcessPool } from "../../progress/pool.js";
import { runInThread } from "../../progress/thread.js";
import { isDatabaseGone } from "../database/database.js";
import { deadlineOf, PROVABLE, type JobAnswer, type JobRow } from "../jobs/row.js";
import { advance, readJobRow, recordOf } from "../jobs/store.js";
import { problemOf } from "../log.js";
import { failed, mayBeMachines, openAttempt, proven, type Attempt } from "./attempts.js";
import type { Build } from "./builds.js";
import type { ProverOptions } from "./options.js";
import { Pauses } from "./pauses.js";
import type { ProofRun } from "./proofThread.js";
import type { Delivery, Queue } from "./queue.js";

/** A process of its own, so that signs of life go on while a proof is made, and none of it ends with Ctrl-C. */
const THREAD = new URL("./proofThread.js", import.meta.url);

/** Milliseconds between signs of life, and until the database or the chain is asked again. */
const KEEP = 3000;
const AGAIN = 500;

/** Whether there is time left for a job; that the escrow pays for it, the service checks all the time. */
export function isInTime(job: JobRow): Promise<boolean> {
  return Promise.resolve(1000 * deadlineOf(job) > Date.now());
}

/** Proves the jobs that the queue delivers, one at a time. */
export class Work {
  private readonly pool = new ProcessPool(THREAD, [], 1, true);
  private readonly pauses = new Pauses();
  private isClosed = false;

  /** @param prover id of this process */
  constructor(
    private readonly options: ProverOptions,
    private readonly queue: Queue,
    private readonly prover: number,
  ) {}

  /** Whether jobs of a build are proven now: not for a while after this machine has failed at one. */
  takes({ build }: Build): boolean {
    return this.pauses.isOver(build);
  }

  /** Proves a job, unless it needs no proof any more. */
  async deliver(delivery: Delivery): Promise<void> {
    // Where it cannot be given, the delivery lapses, and the next one ends this attempt.
    const keeping = setInterval(() => void this.queue.keep(delivery).catch(() => undefined), KEEP);
    try {
      const job = await readJobRow(this.options.database, delivery.job);
      if (job === undefined || !PROVABLE.includes(job.state) || !(await this.isWanted(job, delivery)))
        return await this.queue.finish(this.options.database, delivery);
      await this.attempt(job, delivery);
    } finally {
      clearInterval(keeping);
    }
  }

  /** Ends the proof that is being made: its attempt stays open, for the reaper. */
  close(): void {
    this.isClosed = true;
    this.pool.close();
  }

  private async isWanted(job: JobRow, delivery: Delivery): Promise<boolean> {
    const { database, key, isStillWanted } = this.options;
    try {
      // That this process has the wrong key is no failure of the job: others may have the right one.
      if (job.input !== null) key.requireOwn(job.id, job.input);
      if (await isStillWanted(job)) return true;
    } catch (error) {
      await this.queue.giveBack(database, delivery);
      throw error;
    }
    // Nothing was locked for a job of one step: its client has taken nothing back.
    const end = job.payment === "one step" ? "expired" : "lost";
    await advance(database, job.id, PROVABLE, end, { reason: "The escrow does not pay for it any more" });
    this.log(job, {}, "Not proven: the escrow does not pay for it any more");
    return false;
  }

  private async attempt(job: JobRow, delivery: Delivery): Promise<void> {
    const { database } = this.options;
    const attempt = await database.transaction((sql) => openAttempt(sql, job, this.prover, delivery));
    if (attempt === undefined) return this.queue.finish(database, delivery);
    this.log(job, { attempt: attempt.n }, "Proving");
    const start = performance.now();
    const answer = await this.prove(job).catch((error: unknown) => this.fail(job, attempt, error));
    if (answer === undefined) return;
    this.pauses.end(job.build);
    const seconds = (performance.now() - start) / 1000;
    // The work of minutes is not given up for a database that is away.
    const counts = await this.whenThere(() =>
      database.transaction((sql) => proven(sql, this.queue, attempt, answer, seconds)),
    );
    this.log(
      job,
      { attempt: attempt.n, seconds },
      counts ? "Proven" : "Proven too late: the result does not count",
    );
  }

  private async prove(job: JobRow): Promise<JobAnswer | undefined> {
    if (this.isClosed) return undefined;
    const { key, config } = this.options;
    const { id, chain, escrow, model, build, payee } = job;
    const { input } = recordOf(job, key);
    const binding = bindingOf(id, payee, { chainId: chain, escrow });
    const { outDir, prover, rapidsnark } = config;
    const run: ProofRun = { model, build, outDir, config: { prover, rapidsnark }, input, binding };
    return runInThread<JobAnswer>(THREAD, run, { warm: this.pool });
  }

  private async fail(job: JobRow, attempt: Attempt, error: unknown): Promise<undefined> {
    if (this.isClosed) return;
    const problem = problemOf(error);
    if (mayBeMachines(problem)) this.pauses.begin(job.build);
    const goesOn = await this.whenThere(() =>
      this.options.database.transaction((sql) => failed(sql, this.queue, attempt, problem)),
    );
    this.log(job, { attempt: attempt.n, ...problem }, goesOn ? "The attempt failed" : "The job failed");
  }

  /** Repeats what is there to be repeated, until the database takes it. */
  private async whenThere<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isDatabaseGone(error) || this.isClosed) throw error;
        await wait(AGAIN);
      }
    }
  }

  private log({ id }: JobRow, fields: Readonly<Record<string, string | number>>, message: string): void {
    this.options.log({ job: id, prover: this.prover, ...fields }, message);
  }
}
