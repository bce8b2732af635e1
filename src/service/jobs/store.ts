import { jsonText } from "../../client/jsonText.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { JobRecord } from "../../runtime/jobs.js";
import { jobSchema, termsSchema } from "../../runtime/jobSchema.js";
import type { Sql } from "../database/database.js";
import type { JobFields, JobRow, JobState, QuotedJob } from "./row.js";
import type { InputKey } from "./sealed.js";

/** States after which nothing happens to a job. */
export const OVER: readonly JobState[] = ["final", "expired", "declined", "failed", "lost", "refunded"];

const COLUMNS: Readonly<Record<keyof JobFields, string>> = {
  payment: "payment",
  reason: "reason",
  answer: "answer",
  offer: "offer",
  signedPayment: "signed_payment",
  fundedBlock: "funded_block",
  settledTransaction: "settled_transaction",
  gas: "gas",
  gasPaid: "gas_paid",
};

/** The latest second that both this language and the database have a date for. */
const LATEST = 8_000_000_000_000n;

/**
 * Writes a quoted job down, with its input sealed.
 *
 * @returns false where the job is there already
 */
export async function insertQuoted(sql: Sql, quoted: QuotedJob, key: InputKey): Promise<boolean> {
  const { record, build, payee, payment } = quoted;
  const { jobId, chainId, escrow, model, job, input, offer } = record;
  const seconds = (time: bigint) => String(time < LATEST ? time : LATEST);
  const sealed = key.seal(jobId, jsonText(input));
  const rows = await sql.query(
    `insert into job (id, queue_id, chain, escrow, model, build, payee, terms, client, payment, offer, state, input,
                      fund_by, fulfill_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'quoted', $12, to_timestamp($13), to_timestamp($14))
     on conflict (id) do nothing returning id`,
    [
      ...[
        jobId,
        queueIdOf(jobId),
        chainId.toString(),
        escrow,
        model,
        build,
        payee,
        jsonText(job),
        job.client,
      ],
      ...[payment, offer ?? null, sealed, seconds(job.fundBy), seconds(job.fulfillBy)],
    ],
  );
  return rows.length === 1;
}

/**
 * @returns undefined where the service does not know the job
 * @throws Torch2CircomError where the row does not hold a job
 */
export async function readJobRow(sql: Sql, id: string): Promise<JobRow | undefined> {
  const [row] = await sql.query<Omit<JobRow, "chain" | "terms"> & { chain: string; terms: unknown }>(
    `select id, queue_id as "queueId", chain, escrow, model, build, payee, terms, payment, offer, state, reason, input, answer,
            settled_transaction as "settledTransaction"
     from job where id = $1`,
    [id],
  );
  if (row === undefined) return undefined;
  const terms = termsSchema.safeParse(row.terms);
  if (!terms.success) throw damaged(id);
  return { ...row, chain: BigInt(row.chain), terms: terms.data };
}

/**
 * A job with its input, as its file would have it.
 *
 * @throws Torch2CircomError where the input is erased or damaged, or sealed with another key
 */
export function recordOf(
  { id, chain, escrow, model, terms, offer, input }: JobRow,
  key: InputKey,
): JobRecord {
  if (input === null)
    throw new Torch2CircomError(
      "JOB_REFUSED",
      `The input of job ${id} is erased`,
      "Ask the client for the input again.",
    );
  const job = { jobId: id, chainId: chain, escrow, model, job: terms, offer: offer ?? undefined };
  // By way of the text form, whose schema knows every bound.
  const plain = {
    ...(JSON.parse(jsonText(job)) as object),
    input: JSON.parse(key.open(id, input)) as unknown,
  };
  const parsed = jobSchema.safeParse(plain);
  if (!parsed.success) throw damaged(id);
  return parsed.data;
}

/**
 * Moves a job from one state to the next.
 *
 * @param from the states that it may be in
 * @param fields what to write along with it
 * @returns false where the job was in another state: nothing has changed then
 */
export async function advance(
  sql: Sql,
  id: string,
  from: readonly JobState[],
  to: JobState,
  fields: JobFields = {},
): Promise<boolean> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined) as [string, unknown][];
  const values = given.map(([, value]) => (typeof value === "object" ? jsonText(value) : value));
  const sets = given.map(([name], i) => `, ${COLUMNS[name as keyof JobFields]} = $${i + 4}`).join("");
  const rows = await sql.query(
    `update job set state = $2, updated_at = now()${sets} where id = $1 and state = any($3) returning id`,
    [id, to, from, ...values],
  );
  return rows.length === 1;
}

/** The queue's id of a job: the first half of its own. */
export function queueIdOf(id: string): string {
  return id.slice(2, 34).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function damaged(id: string): Torch2CircomError {
  return new Torch2CircomError(
    "JOB_DAMAGED",
    `Job ${id} in the database is not a job`,
    "Restore the database from a backup, or ask the client for the input again.",
  );
}
