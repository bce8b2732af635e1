import { Pool, type ClientConfig, type PoolClient } from "pg";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** Milliseconds for one statement: none of the service's takes long, and a server cannot restart before they end. */
const STATEMENT_TIME = 30_000;

/** What statements are given to: the database, or a transaction of it. */
export interface Sql {
  /**
   * Runs one statement.
   *
   * @param text with `$1`, `$2`, … for the values
   * @param values what stands for these
   * @returns the rows; `bigint` and `numeric` columns as decimal text
   */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

/** A PostgreSQL database. Connections that are lost are made anew; what was running in them fails. */
export class Database implements Sql {
  private readonly pool: Pool;

  /**
   * @param url postgres://…
   * @param connections at once, at most
   */
  constructor(
    readonly url: string,
    connections = 10,
  ) {
    this.pool = new Pool({ ...this.settings(), max: connections });
    // Of a connection that waits: the next statement gets another one.
    this.pool.on("error", () => undefined);
  }

  async query<Row extends object = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return explained(async () => (await this.pool.query<Row>(text, [...values])).rows);
  }

  /** Runs statements in one transaction, which is undone if `work` fails. */
  async transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return explained(async () => {
      const client = await this.pool.connect();
      let broken: Error | undefined;
      // A connection that is lost while it waits: the next statement fails.
      const lost = (error: Error) => (broken = error);
      client.on("error", lost);
      try {
        await client.query("begin");
        const result = await work(sqlOf(client));
        await client.query("commit");
        return result;
      } catch (error) {
        await client.query("rollback").catch(lost);
        throw error;
      } finally {
        client.off("error", lost);
        client.release(broken);
      }
    });
  }

  /** For a connection of one's own: a lock lasts as long as its connection. */
  settings(): ClientConfig {
    return {
      connectionString: this.url,
      connectionTimeoutMillis: 10_000,
      statement_timeout: STATEMENT_TIME,
      application_name: "torch2circom",
      keepAlive: true,
    };
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

function sqlOf(client: PoolClient): Sql {
  return {
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows,
  };
}

/** Errors of the connection, as Node, the driver and PostgreSQL (classes 08, 28, 3D, 53 and 57) name them. */
const GONE = /^(?:ECONN|EPIPE|ENOENT|ENOTFOUND|ETIMEDOUT|EAI_|08|28|3D|53|57P)/;
const GONE_TEXT = /connection terminated|connection error|timeout exceeded when trying to connect/i;

/** The driver's words for a server that asks for a password where there is none. */
const NO_PASSWORD = /client password must be a string/;

/** Whether an error says that the database cannot be reached now: what was asked for can be asked again. */
export function isDatabaseGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Torch2CircomError) return error.code === "DATABASE_UNAVAILABLE";
  return (
    GONE.test((error as { code?: string }).code ?? "") ||
    [GONE_TEXT, NO_PASSWORD].some((text) => text.test(error.message))
  );
}

/** Runs what asks the database, and explains that it cannot be reached. */
export async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Torch2CircomError || !isDatabaseGone(error)) throw error;
    throw unavailable(error as Error);
  }
}

/** What a server says to those whom it does not let in, by the class of its code. */
const REFUSALS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  "28": [
    "The service's database refuses this user and password",
    "Check both in DATABASE_URL: special characters of a password are written as %40 and the like.",
  ],
  "3D": [
    "The server has no database of this name",
    "Make it (createdb), or check the last part of DATABASE_URL.",
  ],
};

/** The address may hold a password: it is not said. */
function unavailable(error: Error): Torch2CircomError {
  const { code = NO_PASSWORD.test(error.message) ? "28000" : "connection lost" } = error as { code?: string };
  const [problem, remedy] = REFUSALS[code.slice(0, 2)] ?? [
    "The service's database does not answer",
    "Nothing is lost: try again when PostgreSQL runs. Check DATABASE_URL, if it is set.",
  ];
  return new Torch2CircomError("DATABASE_UNAVAILABLE", `${problem} (${code})`, remedy, error);
}
