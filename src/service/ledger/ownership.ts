import { Client, type QueryResultRow } from "pg";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { explained, isDatabaseGone, type Database, type Sql } from "../database/database.js";

/** Advisory locks of those who sign: this number, and one made of chain and account. */
const LOCK = 7002;

/** Milliseconds after which a statement is given up here: longer than the server takes to give it up. */
const ANSWER_TIME = 35_000;

/** How the driver and PostgreSQL say that they gave a statement up, or have ended the connection before. */
const GIVEN_UP = /query read timeout|statement timeout|not queryable/i;

/**
 * The right to sign for an account, which one process has at a time. It is an advisory lock, and ends with the connection that
 * took it. All that an owner writes goes over that connection: what is committed was written by the owner.
 */
export class Ownership implements Sql {
  private client?: Client;

  /**
   * @param database where the lock is
   * @param name of what is owned: chain and account
   */
  constructor(
    private readonly database: Database,
    private readonly name: string,
  ) {}

  /**
   * Takes the lock, unless it is held already.
   *
   * @returns false if another process has it
   * @throws Torch2CircomError if the database does not answer
   */
  async take(): Promise<boolean> {
    if (this.client !== undefined) return true;
    const client = new Client({ ...this.database.settings(), query_timeout: ANSWER_TIME });
    const lost = () => {
      if (this.client === client) this.client = undefined;
    };
    client.on("error", lost).on("end", lost);
    try {
      await explained(() => client.connect());
      const { rows } = await explained(() =>
        client.query<{ taken: boolean }>("select pg_try_advisory_lock($1, hashtext($2)) as taken", [
          LOCK,
          this.name,
        ]),
      );
      if (rows[0].taken) this.client = client;
    } finally {
      if (this.client !== client) await client.end().catch(() => undefined);
    }
    return this.client === client;
  }

  async query<Row extends object = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = this.client;
    if (client === undefined) throw lockLost();
    try {
      return (await client.query<Row & QueryResultRow>(text, [...values])).rows;
    } catch (error) {
      if (!isDatabaseGone(error) && !GIVEN_UP.test((error as Error).message)) throw error;
      await this.release();
      throw lockLost(error as Error);
    }
  }

  /** Runs statements in one transaction, which is undone if `work` fails. */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.query("begin");
    try {
      const result = await work();
      await this.query("commit");
      return result;
    } catch (error) {
      // A connection whose transaction cannot be undone is of no use.
      await this.query("rollback").catch(() => this.release());
      throw error;
    }
  }

  async release(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }
}

function lockLost(cause?: Error): Torch2CircomError {
  return new Torch2CircomError(
    "DATABASE_UNAVAILABLE",
    "The connection that holds the signer's lock is lost",
    "Nothing is lost: the lock is taken again when PostgreSQL answers.",
    cause,
  );
}
