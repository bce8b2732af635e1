import type { ErrorCode } from "../../errors/codes.js";
import type { Sql } from "../database/database.js";
import { PROVABLE, type JobAnswer, type JobRow } from "../jobs/row.js";
import { advance } from "../jobs/store.js";
import type { Problem } from "../log.js";
import { secondsAfter } from "./pauses.js";
import { IS_ALIVE } from "./presence.js";
import type { Delivery, Queue } from "./queue.js";

/** Failures that are a job's own: whoever proves it fails at the same. All others may be those of a machine. */
const OWN: readonly ErrorCode[] = ["INPUT_INVALID", "INTERNAL_CHECK_FAILED", "JOB_DAMAGED", "JOB_REFUSED"];

/** Machines that fail at the same before the job has failed; attempts of one where there is no other. */
const [MACHINES, ATTEMPTS] = [2, 3];

/** A run of a prover on a job. */
export interface Attempt {
  readonly delivery: Delivery;
  /** 0 for the job's first one. */
  readonly n: number;
}

/**
 * Begins an attempt, and ends those of the job that are open: their results come too late from now on.
 *
 * @param sql a transaction
 * @param prover id of the process
 * @returns undefined where the job needs no proof any more
 */
export async function openAttempt(
  sql: Sql,
  job: Pick<JobRow, "id" | "build">,
  prover: number,
  delivery: Delivery,
): Promise<Attempt | undefined> {
  if (!(await advance(sql, job.id, PROVABLE, "proving"))) return undefined;
  await sql.query(
    "update attempt set ended_at = now(), outcome = 'superseded' where job = $1 and ended_at is null",
    [job.id],
  );
  const [{ n }] = await sql.query<{ n: number }>(
    `insert into attempt (job, n, retry, build, prover, host)
     select $1, coalesce(max(n) + 1, 0), $2, $3, $4, (select host from prover where id = $4)
     from attempt where job = $1 returning n`,
    [job.id, delivery.retryCount, job.build, prover],
  );
  return { delivery, n };
}

/**
 * Writes a proof down, and takes its job from the queue.
 *
 * @param sql a transaction
 * @param seconds from the input to the proof
 * @returns false where the attempt has ended, or its job: the proof is thrown away then
 */
export async function proven(
  sql: Sql,
  queue: Queue,
  attempt: Attempt,
  answer: JobAnswer,
  seconds: number,
): Promise<boolean> {
  const { delivery } = attempt;
  if (!(await end(sql, attempt, "proven", { seconds }))) return false;
  await queue.finish(sql, delivery);
  return advance(sql, delivery.job, ["proving"], "proven", { answer });
}

/** Whether a failure may be that of the machine: another one could prove the job, or this one later. */
export function mayBeMachines({ code }: Problem): boolean {
  return !OWN.includes(code);
}

/** Whether a failure that is written down is the job's own: its reason begins with the code. */
export function isJobsOwn(reason: string | null): boolean {
  return OWN.some((code) => reason?.startsWith(`${code}:`));
}

/**
 * Writes down that an attempt failed: the job is handed out again after a while, until its deadline. Only what is the job's own
 * failure ends it, once two machines have failed at the same.
 *
 * @param sql a transaction
 * @returns whether the job goes on
 */
export async function failed(sql: Sql, queue: Queue, attempt: Attempt, problem: Problem): Promise<boolean> {
  const { delivery } = attempt;
  const reason = `${problem.code}: ${problem.problem}`;
  // Whoever ended it before has seen to the job.
  if (!(await end(sql, attempt, "failed", { reason }))) return true;
  if (mayBeMachines(problem) || !(await isHopeless(sql, delivery.job, reason))) {
    const [{ count }] = await sql.query<{ count: number }>(
      "select count(*)::int as count from attempt where job = $1 and outcome = 'failed'",
      [delivery.job],
    );
    await queue.giveBack(sql, delivery, secondsAfter(count));
    return true;
  }
  await advance(sql, delivery.job, ["proving"], "failed", { reason });
  await queue.finish(sql, delivery);
  return false;
}

/** Whether no machine that is there would prove a job, by what it failed at. */
async function isHopeless(sql: Sql, job: string, reason: string): Promise<boolean> {
  const [{ attempts, machines, hasOther }] = await sql.query<{
    attempts: number;
    machines: number;
    hasOther: boolean;
  }>(
    `select count(*)::int as attempts, count(distinct host)::int as machines,
       exists (select from prover where builds @> array[max(a.build)] and host <> all(array_agg(a.host)) and ${IS_ALIVE})
         as "hasOther"
     from attempt a where job = $1 and outcome = 'failed' and reason = $2`,
    [job, reason],
  );
  return machines >= MACHINES || (attempts >= ATTEMPTS && !hasOther);
}

/** Ends an attempt of a prover that is gone, and hands its job out again. @returns false where it had ended */
export async function proverDied(sql: Sql, queue: Queue, attempt: Attempt): Promise<boolean> {
  if (!(await end(sql, attempt, "prover died", {}))) return false;
  await queue.giveBack(sql, attempt.delivery);
  return true;
}

/** @returns false where it had ended before */
async function end(
  sql: Sql,
  { delivery, n }: Attempt,
  outcome: "proven" | "failed" | "prover died",
  { reason, seconds }: { reason?: string; seconds?: number },
): Promise<boolean> {
  // As the beginning of an attempt does: whoever locks both in another order could wait for each other.
  await sql.query("select id from job where id = $1 for update", [delivery.job]);
  const rows = await sql.query(
    `update attempt set ended_at = now(), outcome = $3, reason = $4, seconds = $5
     where job = $1 and n = $2 and ended_at is null returning n`,
    [delivery.job, n, outcome, reason ?? null, seconds ?? null],
  );
  return rows.length === 1;
}
