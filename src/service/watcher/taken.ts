import { ZeroAddress } from "ethers";
import type { Database } from "../database/database.js";
import type { JobState } from "../jobs/row.js";

/** States of a job that the service was not paid for, as far as it knows. */
const UNPAID: readonly JobState[] = ["quoted", "funding", "funded", "proving", "proven", "settling"];

/** Ends open jobs that another provider has answered, once that is final. Closed ones pay this provider, whoever settles them. */
export async function endTaken(database: Database): Promise<void> {
  await database.query(
    `update job set state = 'lost', reason = 'another provider has answered it first', updated_at = now()
     where terms ->> 'provider' = '${ZeroAddress}'
       and (state = any($1) or state = 'final' and settled_transaction is null)
       and exists (select from event e join watched w using (provider, chain, escrow)
                   where e.job = job.id and e.name = 'Fulfilled' and e.block_number <= w.block_number
                     and lower(e.data ->> 'payee') <> lower(job.payee))`,
    [UNPAID],
  );
}
