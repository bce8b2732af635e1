import type { Database } from "../database/database.js";
import { DEADLINE, type JobState } from "../jobs/row.js";
import { advance } from "../jobs/store.js";
import type { ChainStatus } from "./settlements.js";

/** States of a job that is to be settled. */
const OPEN: readonly JobState[] = ["accepted", "funded", "proving", "proven"];

/** Seconds after which the escrow is asked again about a job, and jobs of one round. */
const [INTERVAL, MOST] = [15, 50];

/**
 * Asks the escrow whether it still pays for the jobs that are to be proven or settled: what it does not pay for is not proven.
 *
 * @param statusOf the escrow's word about a job
 */
export async function checkEscrow(database: Database, statusOf: ChainStatus): Promise<void> {
  const jobs = await database.query<{ id: string; payment: string; isLate: boolean }>(
    `update job set checked_at = now() where id in (
       select id from job where state = any($1) and (checked_at is null or checked_at < now() - make_interval(secs => $2))
       order by checked_at nulls first limit $3)
     returning id, payment, ${DEADLINE} < now() as "isLate"`,
    [OPEN, INTERVAL, MOST],
  );
  for (const { id, payment, isLate } of jobs) {
    const status = await statusOf(id);
    if (status === "fulfilled")
      await advance(database, id, OPEN, "final", { reason: "another transaction has settled it" });
    else if (status === "refunded")
      await advance(database, id, OPEN, "refunded", { reason: "its client has taken the payment back" });
    else if (isLate)
      // Nothing was paid for a job of one step, and its client did nothing wrong.
      await advance(database, id, OPEN, payment === "one step" ? "expired" : "lost", {
        reason: "it was not settled in time",
      });
  }
}
