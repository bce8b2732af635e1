import { jsonText } from "../../client/jsonText.js";
import type { Job } from "../../client/terms.js";
import { termsSchema } from "../../runtime/jobSchema.js";
import type { Database, Sql } from "../database/database.js";
import type { EscrowEvent } from "./escrowEvents.js";

/** Who reads events, and of which escrow. */
export interface Watch {
  /** Address of the provider. */
  readonly provider: string;
  readonly chain: bigint;
  readonly escrow: string;
}

/** A block of the chain. */
export interface Mark {
  readonly number: number;
  readonly hash: string;
}

/** How far the events are read that are final. */
export interface Watched extends Mark {
  /** The first block that was read. */
  readonly first: number;
}

/** Days that the events of a job are kept after its deadline. */
const KEPT_DAYS = 30;

/** SQL: the rows of one watch. */
const OWN = "provider = $1 and chain = $2 and escrow = $3";

/** The events of the escrow in the database. */
export class EventStore {
  private readonly own: readonly unknown[];

  constructor(
    private readonly database: Database,
    { provider, chain, escrow }: Watch,
  ) {
    this.own = [provider, chain, escrow];
  }

  /** @returns undefined where nothing is read yet */
  async watched(): Promise<Watched | undefined> {
    const [row] = await this.database.query<{ first: string; number: string; hash: string }>(
      `select first_block as first, block_number as number, block_hash as hash from watched where ${OWN}`,
      this.own,
    );
    return row && { first: Number(row.first), number: Number(row.number), hash: row.hash };
  }

  /** Goes on after a block from now on. @param first the first block that is read */
  async set(first: number, { number, hash }: Mark, sql: Sql = this.database): Promise<void> {
    await sql.query(
      `insert into watched (provider, chain, escrow, first_block, block_number, block_hash) values ($1, $2, $3, $4, $5, $6)
       on conflict (provider, chain, escrow) do update set first_block = $4, block_number = $5, block_hash = $6`,
      [...this.own, first, number, hash],
    );
  }

  /**
   * Writes the events of a range of blocks down in the place of those that were known: a reorganization takes some away.
   *
   * @param from the first block
   * @param to the last one
   * @param events all of the range, in the chain's order
   * @param watched how far the final ones are read now, if that has changed
   * @returns ids of the jobs that are closed for the provider, were not known, and were not quoted
   */
  async replace(
    from: number,
    to: number,
    events: readonly EscrowEvent[],
    watched: Watched | undefined,
  ): Promise<string[]> {
    return this.database.transaction(async (sql) => {
      await sql.query(
        `delete from event e where ${OWN} and block_number between $4 and $5
         and not exists (select from unnest($6::text[], $7::int[]) as k (hash, i) where k.hash = e.block_hash and k.i = e.log_index)`,
        [
          ...this.own,
          ...[from, to, events.map(({ blockHash }) => blockHash), events.map(({ index }) => index)],
        ],
      );
      const found: string[] = [];
      for (const event of events) found.push(...(await this.insert(sql, event)));
      if (watched !== undefined) await this.set(watched.first, watched, sql);
      return found;
    });
  }

  /** Forgets the events of jobs whose deadline is long over. */
  async forget(): Promise<void> {
    await this.database.query(
      `delete from event where ${OWN} and job in (
         select job from event where ${OWN} and name = 'Requested'
           and (data ->> 'fulfillBy')::numeric < extract(epoch from now() - make_interval(days => $4)))`,
      [...this.own, KEPT_DAYS],
    );
  }

  /** What became of a job that is another provider's is nothing here. @returns the job's id, if it is found by it */
  private async insert(
    sql: Sql,
    { blockHash, index, block, job, name, data }: EscrowEvent,
  ): Promise<string[]> {
    const written = await sql.query<{ isFound: boolean }>(
      `insert into event (provider, chain, escrow, block_hash, log_index, block_number, job, name, data)
       select $1, $2, $3, $4, $5, $6, $7, $8, $9
       where $8 = 'Requested' or exists (select from event where ${OWN} and job = $7 and name = 'Requested')
       on conflict do nothing
       returning name = 'Requested' and data ->> 'provider' = provider
         and not exists (select from job where job.id = event.job) as "isFound"`,
      [...this.own, blockHash, index, block, job, name, jsonText(data)],
    );
    return written[0]?.isFound ? [job] : [];
  }
}

/**
 * The terms of a job that was funded for a provider, as the escrow has told them.
 *
 * @returns undefined where no such funding is known
 */
export async function fundedTerms(
  sql: Sql,
  { provider, chain, escrow }: Watch,
  job: string,
): Promise<Job | undefined> {
  const [row] = await sql.query<{ data: unknown }>(
    `select data from event where ${OWN} and job = $4 and name = 'Requested' limit 1`,
    [provider, chain, escrow, job],
  );
  const terms = termsSchema.safeParse(row?.data);
  return terms.success ? terms.data : undefined;
}
