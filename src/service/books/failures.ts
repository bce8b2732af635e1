import type { Sql } from "../database/database.js";
import type { Account } from "../ledger/intents.js";

/** Failures of each kind that are told, at most: the latest ones. */
const MOST = 20;

/** Intents among which the failed ones are looked for: those that changed last. */
const LOOKED_AT = 5_000;

/** Characters of a job's id, which ends the name of the transaction that funds it. */
const ID = 66;

/** A run of a prover that gave no proof. */
export interface FailedAttempt {
  readonly job: string;
  readonly model: string;
  readonly at: Date;
  readonly outcome: "failed" | "prover died";
  readonly reason: string | null;
  readonly host: string;
  /** Of its process; null once the prover is forgotten. */
  readonly pid: number | null;
}

/** What was to happen on the chain, and did not. */
export interface FailedTransaction {
  /** When it was written down. */
  readonly at: Date;
  readonly reason: string | null;
  /** Hash of the transaction that was mined and reverted; null where none was sent. */
  readonly transaction: string | null;
  readonly jobs: readonly string[];
}

/** A job that has earned nothing. */
export interface EndedJob {
  readonly job: string;
  readonly model: string;
  readonly at: Date;
  readonly state: "declined" | "failed" | "lost";
  readonly reason: string | null;
}

/** What went wrong last, of each kind the latest first. Reasons quote nothing of an input. */
export interface Failures {
  readonly attempts: readonly FailedAttempt[];
  readonly transactions: readonly FailedTransaction[];
  readonly jobs: readonly EndedJob[];
}

/** Reads what went wrong, of attempts in the last week. @param account that signs */
export async function readFailures(sql: Sql, { chain, address }: Account): Promise<Failures> {
  const attempts = await sql.query<FailedAttempt>(
    `select job, job.model, ended_at as at, outcome, attempt.reason, attempt.host, pid
     from attempt join job on job.id = attempt.job left join prover on prover.id = attempt.prover
     where ended_at > now() - interval '7 days' and outcome in ('failed', 'prover died')
     order by ended_at desc limit ${MOST}`,
  );
  const transactions = await sql.query<FailedTransaction>(
    `select created_at as at, reason,
       (select hash from slot join tx using (chain, address, nonce) where slot.intent = i.id and mined_hash is not null) as transaction,
       array(select job from intent_job where intent = i.id union select id from job where id = right(i.id, ${ID}) limit ${MOST}) as jobs
     from (select * from intent where chain = $1 and address = $2 and change is not null order by change desc limit ${LOOKED_AT}) as i
     where state = 'failed' order by change desc limit ${MOST}`,
    [chain, address],
  );
  const jobs = await sql.query<EndedJob>(
    `select id as job, model, updated_at as at, state, reason
     from unnest(array['declined', 'failed', 'lost']) as wanted (state) cross join lateral
       (select id, model, updated_at, reason from job where job.state = wanted.state order by updated_at desc limit ${MOST}) as one
     order by updated_at desc limit ${MOST}`,
  );
  return { attempts, transactions, jobs };
}
