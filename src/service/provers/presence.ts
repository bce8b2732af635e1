import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import type { Database, Sql } from "../database/database.js";
import type { Build } from "./builds.js";

/** First number of the advisory locks of provers; the second is the prover's id. */
const LOCK = 7001;

/** Milliseconds between two tries to get the lock back. */
const INTERVAL = 200;

/** Lets the server see within some ten seconds that a machine has gone without a word. */
const KEEPALIVE = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

/** SQL: whether the prover of a row of `prover` is alive. */
export const IS_ALIVE = `exists (
  select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 2
    and l.classid = ${LOCK} and l.objid::bigint = prover.id
    and l.database = (select oid from pg_database where datname = current_database()))`;

/** What shows others that this prover is alive: a lock on a connection of its own, which goes with the process. */
export class Presence {
  private isStopped = false;
  private client?: Client;

  private constructor(
    private readonly database: Database,
    /** The prover's row. */
    readonly id: number,
    private readonly builds: readonly string[],
  ) {}

  /** Registers a prover, and shows that it is alive until it is stopped. */
  static async enter(database: Database, builds: readonly Build[]): Promise<Presence> {
    const hashes = builds.map(({ build }) => build);
    const [{ id }] = await database.query<{ id: number }>(
      "insert into prover (host, pid, builds) values ($1, $2, $3) returning id",
      [hostname(), process.pid, hashes],
    );
    const presence = new Presence(database, id, hashes);
    await presence.show();
    return presence;
  }

  /** Whether the lock is held, as far as this process knows. */
  get isShown(): boolean {
    return this.client !== undefined;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.client?.end().catch(() => undefined);
  }

  private async show(): Promise<void> {
    while (!this.isStopped && !(await this.lock())) await wait(INTERVAL);
  }

  private async lock(): Promise<boolean> {
    const client = new Client({ ...this.database.settings(), options: KEEPALIVE });
    // What breaks it ends it, too.
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1, $2) as held", [
        LOCK,
        this.id,
      ]);
      if (!rows[0].held || this.isStopped)
        throw new Error("the server has not seen yet that the last connection is gone");
      // Its row may have been forgotten while the lock was lost, or be about to be: a row that changes is looked at again.
      await client.query(
        "insert into prover (id, host, pid, builds) values ($1, $2, $3, $4) on conflict (id) do update set pid = excluded.pid",
        [this.id, hostname(), process.pid, this.builds],
      );
      this.client = client;
      client.on("end", () => {
        this.client = undefined;
        void this.show();
      });
      return true;
    } catch {
      await client.end().catch(() => undefined);
      return false;
    }
  }
}

/** Days after their start and their last attempt for which provers that are gone are kept: as long as failures are told. */
const KEPT_DAYS = 7;

/** Forgets provers that are gone for good: each start of a process is another one. */
export async function forgetProvers(sql: Sql): Promise<void> {
  await sql.query(
    `delete from prover where started_at < now() - make_interval(days => $1) and not ${IS_ALIVE}
       and not exists (select from attempt where attempt.prover = prover.id
                       and (attempt.ended_at is null or attempt.ended_at > now() - make_interval(days => $1)))`,
    [KEPT_DAYS],
  );
}
