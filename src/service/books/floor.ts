import type { Sql } from "../database/database.js";
import { PROVABLE } from "../jobs/row.js";
import { IS_ALIVE } from "../provers/presence.js";

/** Jobs of a build that is sold, as they stand. */
export interface QueueOf {
  readonly model: string;
  /** Jobs that wait for a prover, and those that are being proven. */
  readonly waiting: number;
  readonly proving: number;
  /** Jobs with a proof that is not settled yet. */
  readonly settling: number;
  /** Since when the oldest job waits for its proof; null where none does. */
  readonly oldest: Date | null;
}

/** A process that proves, or that did in the last day. */
export interface ProverNow {
  readonly host: string;
  readonly pid: number;
  readonly since: Date;
  readonly isAlive: boolean;
  /** Models that are sold, and that it has. */
  readonly models: readonly string[];
  /** Id of the job that it proves; null where it waits. */
  readonly job: string | null;
  /** When it ended its last proof in a day, or has begun. */
  readonly lastSeen: Date;
}

/** Reads what waits, by build. */
export function readQueues(sql: Sql): Promise<QueueOf[]> {
  const count = (states: string) =>
    `(select count(*)::int from job where job.build = offered.build and state in (${states}))`;
  return sql.query<QueueOf>(
    `select model,
       ${count("'accepted', 'funded'")} as waiting, ${count("'proving'")} as proving,
       ${count("'proven', 'settling', 'settled'")} as settling,
       (select min((select max(at) from job_event e where e.job = job.id and e.state in ('accepted', 'funded')))
        from job where job.build = offered.build and state = any($1)) as oldest
     from offered order by model`,
    [PROVABLE],
  );
}

/** Reads who proves, those that are alive first. */
export function readProvers(sql: Sql): Promise<ProverNow[]> {
  return sql.query<ProverNow>(
    `with last as (select prover, max(ended_at) as at from attempt where ended_at > now() - interval '1 day' group by prover)
     select host, pid, started_at as since, "isAlive", job, greatest(started_at, at) as "lastSeen",
       array(select model from offered where build = any(builds) order by model) as models
     from (select *, ${IS_ALIVE} as "isAlive",
             (select job from attempt where prover = prover.id and ended_at is null order by started_at desc limit 1) as job
           from prover) as one left join last on last.prover = one.id
     where "isAlive" or greatest(started_at, at) > now() - interval '1 day'
     order by "isAlive" desc, id limit 100`,
  );
}
