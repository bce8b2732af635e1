import { ZeroAddress } from "ethers";
import type { Contracts } from "../../client/contracts.js";
import { termsSchema } from "../../runtime/jobSchema.js";
import type { Database } from "../database/database.js";
import type { JobState } from "../jobs/row.js";
import { advance } from "../jobs/store.js";
import type { IntentState } from "../ledger/intents.js";
import type { Submitter } from "./payment.js";
import type { ChainStatus } from "./settlements.js";

/** Seconds after which the escrow is asked again about a job, days after which no more, and jobs of one round. */
const [INTERVAL, DAYS, MOST] = [60, 30, 20];

/**
 * Gives clients their payment back, of jobs that were paid for and that the service could not settle: many of these clients have
 * no gas to ask for it themselves. It can be called at any time, again and again.
 *
 * @param statusOf the escrow's word about a job
 * @returns the ids of the jobs whose refund was begun
 */
export async function refundLost(
  { escrow }: Contracts,
  database: Database,
  ledger: Submitter,
  statusOf: ChainStatus,
): Promise<string[]> {
  const jobs = await database.query<Lost>(
    `update job set checked_at = now() where id in (
       select id from job where state in ('failed', 'lost') and payment <> 'one step'
         -- Of a job that anybody may answer, its deadline has to be over first.
         and (terms ->> 'provider' <> '${ZeroAddress}' or fulfill_by < now())
         and coalesce(checked_at, updated_at) < now() - make_interval(secs => $1)
         and updated_at > now() - make_interval(days => $2)
       order by checked_at nulls first limit $3)
     returning id, terms, reason, array(select i.state from intent_job b join intent i on i.id = b.intent
       where b.job = job.id and starts_with(i.id, 'refund:')) as refunds`,
    [INTERVAL, DAYS, MOST],
  );
  const begun: string[] = [];
  for (const { id, terms, reason, refunds } of jobs) {
    const status = await statusOf(id);
    if (status === "refunded") await advance(database, id, LOST, "refunded", { reason: reason ?? undefined });
    // One that was begun goes on by itself; after one that failed, a reorganization may have put the money back.
    else if (status === "funded" && refunds.every((state) => state === "failed")) {
      await begin(escrow, database, ledger, { id, terms, attempt: refunds.length });
      begun.push(id);
    }
  }
  return begun;
}

const LOST: readonly JobState[] = ["failed", "lost"];

interface Lost {
  readonly id: string;
  readonly terms: unknown;
  readonly reason: string | null;
  /** States of the refunds that were begun. */
  readonly refunds: readonly IntentState[];
}

async function begin(
  escrow: Contracts["escrow"],
  database: Database,
  ledger: Submitter,
  { id, terms, attempt }: { id: string; terms: unknown; attempt: number },
): Promise<void> {
  const { to, data } = await escrow.refund.populateTransaction(termsSchema.parse(terms));
  const intent = `refund:${id}:${attempt}`;
  await database.transaction(async (sql) => {
    await ledger.submit(sql, { id: intent, to, data, value: 0n });
    await sql.query("insert into intent_job values ($1, $2)", [intent, id]);
  });
}
