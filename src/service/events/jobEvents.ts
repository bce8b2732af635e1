import { setTimeout as wait } from "node:timers/promises";
import type { Sql } from "../database/database.js";
import type { JobRow, JobState } from "../jobs/row.js";
import { problemOf, type Log } from "../log.js";

/** A state that a job came to. */
export interface JobEvent extends Pick<JobRow, "payment"> {
  /** The job's id. */
  readonly job: string;
  /** Its number among the job's, from 0. */
  readonly n: number;
  readonly state: JobState;
  readonly reason: string | null;
  readonly at: Date;
  /** The job's state now, and whether it is proven. */
  readonly current: JobState;
  readonly isProven: boolean;
}

/** Somebody who is told of a job's events, those after one that is known. */
interface Follower {
  readonly job: string;
  after: number;
  readonly tell: (events: readonly JobEvent[]) => void;
}

/** Milliseconds between two looks at the table, and events of a job that one look reads. */
const [INTERVAL, MOST] = [500, 20];

/** What becomes of jobs, for those who follow them. However many these are, the table is asked once. */
export class JobEvents {
  private readonly followers = new Set<Follower>();
  private isLooking = false;
  private problem?: string;

  constructor(
    private readonly sql: Sql,
    private readonly log: Log,
  ) {}

  /** The next events of a job, the oldest first; not all, if there are many. @param after number of the last that is known, -1 for none */
  after(job: string, after: number): Promise<JobEvent[]> {
    return this.read([{ job, after }]);
  }

  /**
   * Tells of all events of a job after one, soon after each has happened, in their order.
   *
   * @param job id of the job
   * @param after number of the last that is known, -1 for none
   * @param tell told of one or more; it does not throw
   * @param signal ends it
   */
  follow(job: string, after: number, tell: Follower["tell"], signal: AbortSignal): void {
    if (signal.aborted) return;
    const follower = { job, after, tell };
    this.followers.add(follower);
    signal.addEventListener("abort", () => this.followers.delete(follower), { once: true });
    void this.look();
  }

  /** Looks at the table for as long as somebody follows. */
  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    while (this.followers.size > 0) {
      await wait(INTERVAL);
      // They may all have gone meanwhile, and the database with them.
      if (this.followers.size > 0) await this.tellAll();
    }
    this.isLooking = false;
  }

  private async tellAll(): Promise<void> {
    const followers = [...this.followers];
    try {
      const events = await this.read(followers);
      for (const follower of followers) {
        const unknown = events.filter(({ job, n }) => job === follower.job && n > follower.after);
        if (unknown.length === 0 || !this.followers.has(follower)) continue;
        follower.after = unknown.at(-1)!.n;
        follower.tell(unknown);
      }
      this.problem = undefined;
    } catch (error) {
      const { code, problem } = problemOf(error);
      // Once, however long it lasts.
      if (this.problem !== problem)
        this.log({ code, problem }, "Events cannot be read, and this is tried again");
      this.problem = problem;
    }
  }

  private async read(wanted: readonly Pick<Follower, "job" | "after">[]): Promise<JobEvent[]> {
    const first = new Map<string, number>();
    for (const { job, after } of wanted) first.set(job, Math.min(after, first.get(job) ?? after));
    return this.sql.query<JobEvent>(
      `select e.job, e.n, e.state, left(e.reason, 500) as reason, e.at, j.payment, j.state as current, j.answer is not null as "isProven"
       from unnest($1::text[], $2::int[]) as one (job, after)
       join job j on j.id = one.job
       cross join lateral (select * from job_event where job_event.job = one.job and n > one.after order by n limit ${MOST}) as e
       order by e.job, e.n`,
      [[...first.keys()], [...first.values()]],
    );
  }
}
