import type { Database, Sql } from "../database/database.js";
import { JOB_STATES } from "../jobs/row.js";
import { OVER } from "../jobs/store.js";

/**
 * Sums over all that a service has ever done. What is over never changes, so it is summed up once, in the table `tally`; what is
 * read is that, and the rest.
 */

/** Upper bounds of the histograms' buckets, in seconds. */
export const PROVING_BUCKETS = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600];
export const SETTLING_BUCKETS = [10, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 86_400];

/** A sum, by name and the values of its labels. */
export interface Sum {
  readonly name: string;
  readonly labels: readonly string[];
  readonly value: number;
}

/** Seconds after which the transaction that ended something is committed, surely: its time is that of its beginning. */
const MARGIN = 300;

/** Seconds between two additions to the sums. */
const INTERVAL = 300;

/**
 * Adds what has ended to the sums. It does nothing where that was done a short time ago.
 *
 * @param margin seconds that what is added has been over, at least
 * @param interval seconds between two additions, at least
 */
export async function addToTally(database: Database, margin = MARGIN, interval = INTERVAL): Promise<void> {
  await database.transaction(async (sql) => {
    const [due] = await sql.query(
      `select from tallied where until < now() - make_interval(secs => $1) for update skip locked`,
      [margin + interval],
    );
    if (due === undefined) return;
    await sql.query(
      `insert into tally select name, labels, sum(value)
       from (${ended("(select until from tallied)", "now() - make_interval(secs => $1)")}) as added group by name, labels
       on conflict (name, labels) do update set value = tally.value + excluded.value`,
      [margin],
    );
    await sql.query("update tallied set until = now() - make_interval(secs => $1)", [margin]);
  });
}

/**
 * All sums, as of now: jobs by model and state, amounts earned by token, attempts by model and outcome, transactions by status,
 * gas, and the histograms as counts by model and bucket.
 */
export async function readSums(sql: Sql): Promise<Sum[]> {
  const open = JOB_STATES.filter((state) => !OVER.includes(state));
  const rows = await sql.query<Omit<Sum, "value"> & { value: string }>(
    `select name, labels, sum(value) as value from (
       select name, labels, value from tally
       union all ${ended("(select until from tallied)", "'infinity'")}
       union all select 'jobs', array[model, state], count(*) from job where state in (${listOf(open)}) group by model, state
     ) as sums group by name, labels order by name, labels`,
  );
  return rows.map((row) => ({ ...row, value: Number(row.value) }));
}

/** SQL: what ended after a time, and not after another: rows of name, labels and value. */
function ended(after: string, until: string): string {
  const within = (time: string) => `${time} > ${after} and ${time} <= ${until}`;
  const over = `state in (${listOf(OVER)}) and ${within("updated_at")}`;
  const final = `state = 'final' and ${within("updated_at")}`;
  return `
    select 'jobs' as name, array[model, state] as labels, 1::numeric as value from job where ${over}
    union all
    select 'earned', array[terms ->> 'token'], (terms ->> 'amount')::numeric from job where ${final}
    union all
    ${histogram(
      "settling",
      SETTLING_BUCKETS,
      `select model, extract(epoch from updated_at -
         (select max(at) from job_event where job = job.id and job_event.state = 'proven'))::float8 as seconds
       from job where ${final}`,
    )}
    union all
    select 'attempts', array[model, outcome], 1
    from attempt join job on job.id = attempt.job where ${within("ended_at")}
    union all
    ${histogram(
      "proving",
      PROVING_BUCKETS,
      `select model, seconds from attempt join job on job.id = attempt.job
       where outcome = 'proven' and ${within("ended_at")}`,
    )}
    union all
    select one.name, one.labels, one.value
    from slot join tx using (chain, address, nonce) cross join lateral (values
      ('transactions', array[case status when 1 then 'succeeded' else 'reverted' end], 1::numeric),
      ('gas', array[]::text[], gas_used),
      ('gas paid', array[]::text[], gas_used * gas_price)) as one (name, labels, value)
    where mined_hash is not null and ${within("final_at")}`;
}

/** SQL: how many of the measured seconds are in each bucket, by its upper bound, and their sum; by model. */
function histogram(name: string, buckets: readonly number[], measured: string): string {
  const bucket = `(select min(bound) from unnest(array[${buckets.join()}]::float8[]) as bound where bound >= seconds)`;
  return `select one.name, one.labels, one.value
    from (${measured}) as measured cross join lateral (values
      ('${name} bucket', array[model, coalesce(${bucket}::text, '+Inf')], 1::numeric),
      ('${name} seconds', array[model], seconds::numeric)) as one (name, labels, value)
    where seconds is not null`;
}

function listOf(states: readonly string[]): string {
  return states.map((state) => `'${state}'`).join();
}
