import type { Database, Sql } from "../database/database.js";
import type { JobRow } from "../jobs/row.js";
import { advance } from "../jobs/store.js";
import { fundingOf } from "./payment.js";

/** What hands jobs to provers; see Queue. */
export interface Dispatcher {
  enqueue(sql: Sql, job: Pick<JobRow, "id" | "queueId" | "model" | "build">): Promise<boolean>;
}

/** Whether the escrow holds the payment of a job: by the latest block, or by one that is final. */
export type FundingStatus = (jobId: string) => Promise<"none" | "latest" | "final">;

/** Jobs of one round, at most, and seconds after which the escrow is asked again about a quote. */
const [MOST, QUOTE_SECONDS] = [100, 5];

type Funded = Pick<JobRow, "id" | "queueId" | "model" | "build"> & {
  readonly state: string;
  readonly reason: string | null;
  readonly block: string | null;
};

/**
 * Brings jobs whose payment is relayed as far as it has come: a job goes to the provers when its funding is final, since a client
 * that sees its answer before could take the payment back. It can be called at any time, again and again.
 *
 * @param statusOf asked where the service's own transaction was refused
 * @returns the ids of the jobs that were funded
 */
export async function followFundings(
  database: Database,
  queue: Dispatcher,
  statusOf: FundingStatus,
): Promise<string[]> {
  const rows = await database.query<Funded>(
    `select j.id, j.queue_id as "queueId", j.model, j.build, i.state, i.reason,
            (select max(t.mined_block) from slot s join tx t using (chain, address, nonce) where s.intent = i.id) as block
     from job j join intent i on i.id = $2 || j.id
     where j.state = 'funding' and j.payment = 'relayed' and i.state in ('final', 'failed') order by j.updated_at limit $1`,
    [MOST, fundingOf("")],
  );
  const funded: string[] = [];
  for (const row of rows) {
    // Anybody can relay a payment: it is refused to who comes second.
    const status = row.state === "failed" ? await statusOf(row.id) : "final";
    if (status === "none") {
      const reason = `its payment was refused: ${row.reason ?? "no reason is known"}`;
      await advance(database, row.id, ["funding"], "declined", { reason });
    } else if (status === "final" && (await fund(database, queue, row))) funded.push(row.id);
  }
  return funded;
}

/**
 * Finds quoted jobs that their clients have funded themselves, and brings them as far as their funding is.
 *
 * @param statusOf the escrow's word about a job
 * @returns the ids of the jobs whose funding is final
 */
export async function findFundings(
  database: Database,
  queue: Dispatcher,
  statusOf: FundingStatus,
): Promise<string[]> {
  const rows = await database.query<Omit<Funded, "reason">>(
    `update job set checked_at = now() where id in (
       select id from job
       where state = 'quoted' and (checked_at is null or checked_at < now() - make_interval(secs => $1))
          or state = 'funding' and payment = 'client'
       order by state, checked_at nulls first limit $2)
     returning id, queue_id as "queueId", model, build, state, null as block`,
    [QUOTE_SECONDS, MOST],
  );
  const funded: string[] = [];
  for (const { state, ...row } of rows) {
    const status = await statusOf(row.id);
    if (state === "quoted" && status !== "none")
      await database.query(
        "update job set state = 'funding', payment = 'client', updated_at = now() where id = $1 and state = 'quoted'",
        [row.id],
      );
    // A reorganization took the funding away, which may come back.
    if (state === "funding" && status === "none") await advance(database, row.id, ["funding"], "quoted");
    if (status === "final" && (await fund(database, queue, row))) funded.push(row.id);
  }
  return funded;
}

async function fund(
  database: Database,
  queue: Dispatcher,
  { block, ...job }: Pick<Funded, "id" | "queueId" | "model" | "build" | "block">,
): Promise<boolean> {
  return database.transaction(async (sql) => {
    const fundedBlock = block === null ? undefined : BigInt(block);
    if (!(await advance(sql, job.id, ["funding"], "funded", { fundedBlock }))) return false;
    await queue.enqueue(sql, job);
    return true;
  });
}
