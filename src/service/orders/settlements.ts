import { hashOf } from "../../artifacts/hash.js";
import { NONE, receiving, type Authorization } from "../../client/authorization.js";
import type { Contracts } from "../../client/contracts.js";
import type { Job } from "../../client/terms.js";
import { proofWords } from "../../groth16/proofWords.js";
import { termsSchema } from "../../runtime/jobSchema.js";
import type { Database } from "../database/database.js";
import { DEADLINE, type JobAnswer } from "../jobs/row.js";
import { advance } from "../jobs/store.js";
import type { Shop } from "../offer/shop.js";
import type { Submitter } from "./payment.js";

/** When proven jobs are settled. */
export interface SettlingPolicy {
  /** Jobs of one transaction, at most: more save less and less gas, and a block has room for some. @default 8 */
  readonly most?: number;
  /** Seconds that a proven job waits for others. @default 30 */
  readonly wait?: number;
  /** Seconds before a job's deadline from which on it waits for nothing: neither for others nor for cheaper gas. @default 900 */
  readonly spare?: number;
}

/** A job that is proven and not settled. */
interface Proven {
  readonly id: string;
  readonly terms: Job;
  readonly payee: string;
  readonly answer: JobAnswer;
  readonly deadline: Date;
  /** What the client signed, of a job that is paid in the transaction that settles it. */
  readonly settlement: Authorization | null;
  /** Whether it waits no longer. */
  readonly isDue: boolean;
  /** Transactions that were refused with it: it goes alone then, so that no job stops others. */
  readonly refusals: number;
}

/** Jobs that are looked at in one round. */
const MOST_ROWS = 500;

/**
 * Begins to settle the jobs that are proven and due, those of one model in one transaction.
 *
 * @returns the ids of the intents
 */
export async function beginSettlements(
  { contracts }: Shop,
  database: Database,
  ledger: Submitter,
  policy: SettlingPolicy = {},
): Promise<string[]> {
  const { most = 8, spare = 900 } = policy;
  const intents: string[] = [];
  for (const group of groupsOf(await provenJobs(database, policy), most)) {
    const id = `settle:${hashOf(group.map((job) => job.id).join())}:${group[0].refusals}`;
    const first = group.reduce((a, b) => (a.deadline < b.deadline ? a : b));
    const intent = {
      id,
      ...(await callOf(contracts, group)),
      value: 0n,
      urgentFrom: new Date(first.deadline.getTime() - 1000 * spare),
    };
    await database.transaction(async (sql) => {
      for (const job of group)
        // Another process of the service was first: the transaction is undone.
        if (!(await advance(sql, job.id, ["proven"], "settling")))
          throw new Error(`job ${job.id} is not proven`);
      await ledger.submit(sql, intent);
      for (const job of group) await sql.query("insert into intent_job values ($1, $2)", [id, job.id]);
    });
    intents.push(id);
  }
  return intents;
}

async function provenJobs(database: Database, { wait = 30, spare = 900 }: SettlingPolicy): Promise<Proven[]> {
  const rows = await database.query<
    Omit<Proven, "terms" | "refusals" | "settlement"> & {
      terms: unknown;
      refusals: string;
      settlement: Record<"validAfter" | "validBefore" | "signature", string> | null;
    }
  >(
    `select j.id, j.terms, j.payee, j.answer, d.deadline, d.settlement,
            j.updated_at < now() - make_interval(secs => $1) or d.deadline < now() + make_interval(secs => $2) as "isDue",
            (select count(*) from intent_job b join intent i on i.id = b.intent where b.job = j.id and i.state = 'failed')
              as refusals
     from job j cross join lateral (
       select ${DEADLINE} as deadline,
              case payment when 'one step' then signed_payment end as settlement) d
     where j.state = 'proven' order by d.deadline, j.id limit $3`,
    [wait, spare, MOST_ROWS],
  );
  return rows.map(({ settlement, ...row }) => ({
    ...row,
    terms: termsSchema.parse(row.terms),
    refusals: Number(row.refusals),
    settlement: settlement === null ? null : receiving(settlement),
  }));
}

/** Jobs that go together: a whole number of them, or fewer of which one is due. */
function groupsOf(jobs: readonly Proven[], most: number): Proven[][] {
  // The escrow takes an answer in segments by itself.
  const isAlone = ({ refusals, answer }: Proven) => refusals > 0 || answer.pipeline !== undefined;
  const alone = jobs.filter(isAlone).map((job) => [job]);
  const byModel = new Map<string, Proven[]>();
  for (const job of jobs)
    if (!isAlone(job)) byModel.set(job.terms.modelId, [...(byModel.get(job.terms.modelId) ?? []), job]);
  const groups = [...byModel.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / most) }, (_, i) => all.slice(i * most, (i + 1) * most)),
  );
  return [...alone, ...groups.filter((group) => group.length === most || group.some(({ isDue }) => isDue))];
}

interface Fulfilled {
  readonly job: Job;
  readonly payee: string;
  readonly proof: ReturnType<typeof proofWords>;
  readonly outputs: bigint[];
}

async function callOf({ escrow }: Contracts, jobs: readonly Proven[]): Promise<{ to: string; data: string }> {
  const all = jobs.map(({ terms: job, payee, answer }): Fulfilled => ({
    job,
    payee,
    proof: proofWords(answer.proof),
    // All but the input's commitment and the binding, which the escrow sets itself.
    outputs: answer.publicSignals.slice(0, -2).map(BigInt),
  }));
  const [{ answer, settlement }] = jobs;
  const { to, data } =
    answer.pipeline === undefined
      ? await transactionOf(escrow, all, jobs)
      : await pipelineTransaction(escrow, all[0], answer.pipeline, settlement);
  return { to, data };
}

async function transactionOf(
  escrow: Contracts["escrow"],
  all: readonly Fulfilled[],
  jobs: readonly Proven[],
): Promise<{ to: string; data: string }> {
  const [{ job, payee, proof, outputs }] = all;
  const isOne = all.length === 1;
  if (jobs.every(({ settlement }) => settlement === null))
    return isOne
      ? escrow.fulfill.populateTransaction(job, payee, proof, outputs)
      : escrow.fulfillBatch.populateTransaction([...all]);
  const authorizations = jobs.map(({ settlement }) => settlement ?? NONE);
  return isOne
    ? escrow.settle.populateTransaction(job, authorizations[0], payee, proof, outputs)
    : escrow.settleBatch.populateTransaction([...all], authorizations);
}

async function pipelineTransaction(
  escrow: Contracts["escrow"],
  { job, payee, outputs }: Fulfilled,
  pipeline: NonNullable<JobAnswer["pipeline"]>,
  settlement: Authorization | null,
): Promise<{ to: string; data: string }> {
  const proof = { proofs: pipeline.proofs.map(proofWords), edges: pipeline.edges.map(BigInt) };
  return settlement === null
    ? escrow.fulfillPipeline.populateTransaction(job, payee, proof, outputs)
    : escrow.settlePipeline.populateTransaction(job, settlement, payee, proof, outputs);
}

/** How a job stands on chain: one that the service did not settle may be settled all the same, or refunded. */
export type ChainStatus = (jobId: string) => Promise<"none" | "funded" | "fulfilled" | "refunded">;

/**
 * Brings jobs as far as their settlement is: settled when it is mined, final when it is final, back when a reorganization took it
 * away. A job whose transaction was refused is proven again, and goes alone; if it was alone, it ends as the chain has it.
 */
export async function followSettlements(database: Database, statusOf: ChainStatus): Promise<void> {
  const move = (from: string, to: string, intents: string) =>
    database.query(
      `update job set state = '${to}', updated_at = now(),
         settled_transaction = t.hash, gas = div(t.gas_used, t.jobs), gas_paid = div(t.gas_used * t.gas_price, t.jobs)
       from (select b.job, x.hash, x.gas_used, x.gas_price, count(*) over (partition by i.id) as jobs
             from intent_job b join intent i on i.id = b.intent left join slot s on s.intent = i.id
               left join tx x on (x.chain, x.address, x.nonce) = (s.chain, s.address, s.nonce) and x.mined_hash is not null
             where ${intents}) t
       where t.job = job.id and job.state in (${from})`,
    );
  await move("'settling'", "settled", "i.state = 'mined' and i.reason is null");
  await move("'settling', 'settled'", "final", "i.state = 'final'");
  await move("'settled'", "settling", "i.state in ('waiting', 'sent')");
  await followRefused(database, statusOf);
}

async function followRefused(database: Database, statusOf: ChainStatus): Promise<void> {
  const refused = await database.query<{ id: string; reason: string | null; isAlone: boolean }>(
    `select distinct on (j.id) j.id, i.reason, not exists (select from intent_job o where o.intent = i.id and o.job <> j.id) as "isAlone"
     from job j join intent_job b on b.job = j.id join intent i on i.id = b.intent
     where j.state in ('settling', 'settled') and i.state = 'failed'
       and not exists (select from intent_job n join intent later on later.id = n.intent
                       where n.job = j.id and later.state <> 'failed')
     order by j.id, i.created_at desc limit $1`,
    [MOST_ROWS],
  );
  for (const { id, reason, isAlone } of refused) {
    const status = await statusOf(id);
    const words = `its settlement was refused: ${reason ?? "no reason is known"}`;
    if (status === "fulfilled") await advance(database, id, ["settling", "settled"], "final");
    else if (status === "refunded")
      await advance(database, id, ["settling", "settled"], "refunded", { reason: words });
    else if (isAlone) await advance(database, id, ["settling", "settled"], "lost", { reason: words });
    else await advance(database, id, ["settling", "settled"], "proven");
  }
}
