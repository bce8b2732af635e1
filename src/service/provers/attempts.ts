import type { Sql } from "../database/database.js";
import { PROVABLE, type JobAnswer, type JobRow } from "../jobs/row.js";
import { advance } from "../jobs/store.js";
import type { Problem } from "../log.js";
import type { Delivery, Queue } from "./queue.js";

/** Attempts that may fail by an error before the job does. */
const MOST_FAILURES = 3;

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
    `insert into attempt (job, n, retry, build, prover)
     select $1, coalesce(max(n) + 1, 0), $2, $3, $4 from attempt where job = $1 returning n`,
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

/**
 * Writes down that an attempt failed: the job is handed out again, or has failed itself.
 *
 * @param sql a transaction
 * @returns whether the job goes on
 */
export async function failed(sql: Sql, queue: Queue, attempt: Attempt, problem: Problem): Promise<boolean> {
  const { delivery } = attempt;
  const reason = `${problem.code}: ${problem.problem}`;
  // Whoever ended it before has seen to the job.
  if (!(await end(sql, attempt, "failed", { reason }))) return true;
  const [{ count }] = await sql.query<{ count: number }>(
    "select count(*)::int as count from attempt where job = $1 and outcome = 'failed'",
    [delivery.job],
  );
  if (count < MOST_FAILURES) {
    await queue.giveBack(sql, delivery);
    return true;
  }
  await advance(sql, delivery.job, ["proving"], "failed", { reason });
  await queue.finish(sql, delivery);
  return false;
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
