import type { Sql } from "../database/database.js";
import { PROVABLE } from "../jobs/row.js";
import { isJobsOwn } from "./attempts.js";
import type { Build } from "./builds.js";
import { IS_ALIVE } from "./presence.js";

/** Proofs of which the median is taken. */
const LAST = 50;

/** What a new job of a build can expect. */
export interface Promised {
  /** Provers alive that have the build. */
  readonly provers: number;
  /** Jobs that these have to prove first, of any of their builds. */
  readonly waiting: number;
  /** Seconds until it would be proven; Infinity without a prover. */
  readonly seconds: number;
}

/**
 * How long a new job would take, as the queue is now. Jobs are counted as if all provers that have the build had to share all
 * that any of them can prove: where others help, it takes less.
 *
 * @param unmeasured seconds of a proof of a build of which none is measured yet
 */
export async function promise(sql: Sql, { build }: Build, unmeasured: number): Promise<Promised> {
  const serving = await sql.query<{ builds: string[] }>(
    `select builds from prover where $1 = any(builds) and ${IS_ALIVE}`,
    [build],
  );
  const builds = [...new Set([build, ...serving.flatMap((prover) => prover.builds)])];
  const load = await sql.query<{ build: string; waiting: number; seconds: number | null }>(
    `select build,
       (select count(*)::int from job where job.build = one.build and job.state = any($2)) as waiting,
       (select percentile_cont(0.5) within group (order by seconds)
        from (select seconds from attempt where attempt.build = one.build and outcome = 'proven'
              order by ended_at desc limit ${LAST}) as last) as seconds
     from unnest($1::text[]) as one (build)`,
    [builds, PROVABLE],
  );
  const secondsOf = (one: { seconds: number | null }) => one.seconds ?? unmeasured;
  const queued = load.reduce((sum, one) => sum + one.waiting * secondsOf(one), 0);
  return {
    provers: serving.length,
    waiting: load.reduce((sum, { waiting }) => sum + waiting, 0),
    seconds: queued / serving.length + secondsOf(load.find((one) => one.build === build)!),
  };
}

/** Attempts that ended last, and minutes for which they count. */
const [TRIED, MINUTES] = [3, 10];

/**
 * Whether a build is proven nowhere now: its latest attempts have all failed at what is no job's own fault, such as a full disk or a
 * prover that is missing. Provers that hold on are alive all the same.
 */
export async function isBroken(sql: Sql, { build }: Build): Promise<boolean> {
  const last = await sql.query<{ outcome: string; reason: string | null }>(
    `select outcome, reason from attempt
     where build = $1 and outcome in ('proven', 'failed') and ended_at > now() - make_interval(mins => $2)
     order by ended_at desc limit $3`,
    [build, MINUTES, TRIED],
  );
  return (
    last.length === TRIED && last.every(({ outcome, reason }) => outcome === "failed" && !isJobsOwn(reason))
  );
}
