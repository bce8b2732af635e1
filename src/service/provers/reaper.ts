import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "../database/database.js";
import type { JobRow } from "../jobs/row.js";
import { problemOf, type Log } from "../log.js";
import { proverDied } from "./attempts.js";
import { IS_ALIVE } from "./presence.js";
import { deliveryOf, type Queue } from "./queue.js";

/** Milliseconds between two looks. */
const INTERVAL = 1000;

/** An open attempt of a prover that does not hold its lock. */
type Orphan = Pick<JobRow, "id" | "queueId" | "model" | "build"> & {
  readonly n: number;
  readonly retry: number;
  readonly prover: number;
};

/** What several processes may run at once: it gives jobs of provers that are gone to others. */
export class Reaper {
  /** Provers that were gone at the last look. Those that lost the database for a moment are back at the next one. */
  private gone = new Set<number>();

  constructor(
    private readonly database: Database,
    private readonly queue: Queue,
    private readonly log: Log,
  ) {}

  /** Looks every second, until the signal is given. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => {
        // What could not be seen is not gone.
        this.gone.clear();
        this.log({ ...problemOf(error) }, "Provers cannot be looked after now");
      });
      await wait(INTERVAL, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const orphans = await this.database.query<Orphan>(
      `select job.id, job.queue_id as "queueId", job.model, job.build, attempt.n, attempt.retry, attempt.prover
       from attempt join job on job.id = attempt.job join prover on prover.id = attempt.prover
       where attempt.ended_at is null and not ${IS_ALIVE}`,
    );
    const before = this.gone;
    this.gone = new Set(orphans.map(({ prover }) => prover));
    for (const orphan of orphans.filter(({ prover }) => before.has(prover))) await this.reap(orphan);
  }

  private async reap({ n, retry, prover, ...job }: Orphan): Promise<void> {
    const attempt = { delivery: deliveryOf(job, retry), n };
    if (await this.database.transaction((sql) => proverDied(sql, this.queue, attempt)))
      this.log({ job: job.id, prover, attempt: n }, "Its prover is gone: the job is for others");
  }
}
