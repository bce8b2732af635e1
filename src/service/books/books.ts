import type { Sql } from "../database/database.js";
import { JOB_STATES, type JobState } from "../jobs/row.js";
import { IS_ALIVE } from "../provers/presence.js";

/** Amounts of one token, in its smallest units. */
export interface Amounts {
  /** Address; 0 for the native token. */
  readonly token: string;
  /** Of jobs whose settlement is final: it is the provider's in the escrow. */
  readonly earned: bigint;
  /** Of jobs whose payment is locked and that are not settled for good. */
  readonly open: bigint;
  /** Of these, that of jobs whose deadline is within an hour, or whose settlement was refused before. */
  readonly atRisk: bigint;
}

/** What a service has done, and what it owes. */
export interface Books {
  /** How many jobs are in each state; states without jobs are left out. */
  readonly jobs: Readonly<Partial<Record<JobState, number>>>;
  readonly amounts: readonly Amounts[];
  /** Jobs that clients have funded for the provider alone, of which the input is not here and the time is not over. */
  readonly awaited: number;
  /** Wei spent on gas by all transactions that were mined, those that were reverted included. */
  readonly gasPaid: bigint;
  /** Transactions that were mined, and those that wait. */
  readonly transactions: { readonly mined: number; readonly waiting: number };
  /** Provers that are alive. */
  readonly provers: readonly { readonly host: string; readonly pid: number; readonly since: Date }[];
}

/** Seconds before a deadline from which on a job is at risk. */
const RISK_SECONDS = 3600;

/** States in which the escrow holds a job's payment, as far as the service knows. */
const LOCKED: readonly JobState[] = ["funded", "proving", "proven", "settling", "settled"];

/** Reads the books, all from one moment. */
export async function readBooks(sql: Sql): Promise<Books> {
  const counts = await sql.query<{ state: JobState; count: number }>(
    "select state, count(*)::int as count from job group by state",
  );
  const jobs = Object.fromEntries(counts.map(({ state, count }) => [state, count]));
  const amounts = await sql.query<Record<"token" | "earned" | "open" | "risk", string>>(
    `select terms ->> 'token' as token,
       coalesce(sum((terms ->> 'amount')::numeric) filter (where state = 'final'), 0) as earned,
       coalesce(sum((terms ->> 'amount')::numeric) filter (where state = any($1)), 0) as open,
       coalesce(sum((terms ->> 'amount')::numeric) filter (where state = any($1)
         and (fulfill_by < now() + make_interval(secs => $2) or exists (
           select from intent_job b join intent i on i.id = b.intent where b.job = job.id and i.state = 'failed'))), 0) as risk
     from job group by token order by token`,
    [LOCKED, RISK_SECONDS],
  );
  const [{ awaited }] = await sql.query<{ awaited: number }>(
    `select count(distinct e.job)::int as awaited from event e
     where e.name = 'Requested' and e.data ->> 'provider' = e.provider
       and (e.data ->> 'fulfillBy')::numeric > extract(epoch from now())
       and not exists (select from job where job.id = e.job)
       and not exists (select from event o where o.job = e.job and o.name <> 'Requested')`,
  );
  const [spent] = await sql.query<{ paid: string; mined: number }>(
    `select coalesce(sum(gas_used * gas_price), 0) as paid, count(*)::int as mined from tx where mined_hash is not null`,
  );
  const [{ waiting }] = await sql.query<{ waiting: number }>(
    "select count(*)::int as waiting from intent where state in ('waiting', 'sent')",
  );
  const provers = await sql.query<{ host: string; pid: number; since: Date }>(
    `select host, pid, started_at as since from prover where ${IS_ALIVE} order by id`,
  );
  return {
    jobs: Object.fromEntries(
      JOB_STATES.filter((state) => state in jobs).map((state) => [state, jobs[state]]),
    ),
    amounts: amounts.map(({ token, earned, open, risk }) => ({
      token,
      earned: BigInt(earned),
      open: BigInt(open),
      atRisk: BigInt(risk),
    })),
    awaited,
    gasPaid: BigInt(spent.paid),
    transactions: { mined: spent.mined, waiting },
    provers,
  };
}
