import type { Database } from "../database/database.js";
import { PROVABLE, type JobRow } from "../jobs/row.js";
import { OVER } from "../jobs/store.js";
import type { Dispatcher } from "./fundings.js";

/** Seconds after a quote's end until which a payment that was mined in time may become known. */
const LATE_SECONDS = 3600;

/** Ends quotes that nobody paid in time. */
export async function expireQuotes(database: Database): Promise<void> {
  await database.query(
    `update job set state = 'expired', reason = 'it was not paid in time', updated_at = now()
     where state = 'quoted' and fund_by < now() - make_interval(secs => $1)`,
    [LATE_SECONDS],
  );
}

/**
 * Erases the inputs of jobs that are over. The log and backups of the database may have them still, sealed.
 *
 * @param seconds after a job's end
 */
export async function eraseInputs(database: Database, seconds: number): Promise<void> {
  await database.query(
    `update job set input = null
     where state = any($1) and input is not null and updated_at < now() - make_interval(secs => $2)`,
    [OVER, seconds],
  );
}

/** Puts jobs that wait for a proof into the queue, where they should be already: after a restore they may not be. */
export async function enqueueProvable(database: Database, queue: Dispatcher): Promise<void> {
  const jobs = await database.query<Pick<JobRow, "id" | "queueId" | "model" | "build">>(
    'select id, queue_id as "queueId", model, build from job where state = any($1)',
    [PROVABLE],
  );
  for (const job of jobs) await queue.enqueue(database, job);
}
