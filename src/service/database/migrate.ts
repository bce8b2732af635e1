import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Database, Sql } from "./database.js";
import { MIGRATIONS } from "./migrations.js";

/** The oldest PostgreSQL whose SQL the service speaks. */
const LEAST_VERSION = 15;

/** PostgreSQL's code for a user without the right to do something. */
const NOT_ALLOWED = "42501";

/** Advisory lock of those who change tables. */
const LOCK = 7000;

/**
 * Brings the tables to this version's form. Processes that start at the same time wait for each other.
 *
 * @throws Torch2CircomError if the tables are those of a later version, the server is too old, or the user may not make tables
 */
export async function migrate(database: Database): Promise<void> {
  await requireVersion(database);
  await database.transaction(change).catch((error: Error & { code?: string }) => {
    throw error.code === NOT_ALLOWED ? notAllowed(error) : error;
  });
}

/** @param least version that will do */
export async function requireVersion(sql: Sql, least = LEAST_VERSION): Promise<void> {
  const [{ version }] = await sql.query<{ version: number }>(
    "select current_setting('server_version_num')::int / 10000 as version",
  );
  if (version >= least) return;
  throw new Torch2CircomError(
    "DATABASE_UNAVAILABLE",
    `The database's server is PostgreSQL ${version}, and the service needs ${least} or later`,
    "Give another server in DATABASE_URL, or none: then the service runs one of its own.",
  );
}

async function change(sql: Sql): Promise<void> {
  await sql.query("select pg_advisory_xact_lock($1)", [LOCK]);
  await sql.query(
    "create table if not exists migration (version int primary key, applied timestamptz not null)",
  );
  const [{ version }] = await sql.query<{ version: number }>(
    "select coalesce(max(version), 0) as version from migration",
  );
  if (version > MIGRATIONS.length)
    throw new Torch2CircomError(
      "DATABASE_UNAVAILABLE",
      `The service's tables have version ${version}, and this version of torch2circom knows ${MIGRATIONS.length}`,
      "Start the service with the version of torch2circom that it had, or a later one.",
    );
  for (const [i, statements] of MIGRATIONS.entries()) {
    if (i < version) continue;
    await sql.query(statements);
    await sql.query("insert into migration values ($1, now())", [i + 1]);
  }
}

function notAllowed(cause: Error): Torch2CircomError {
  return new Torch2CircomError(
    "DATABASE_UNAVAILABLE",
    "The user of DATABASE_URL may not make the service's tables",
    "Give the service a database of its own, which its user owns: createdb --owner=<user> <database>",
    cause,
  );
}
