import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Database } from "./database.js";
import { MIGRATIONS } from "./migrations.js";

/** Advisory lock of those who change tables. */
const LOCK = 7000;

/**
 * Brings the tables to this version's form. Processes that start at the same time wait for each other.
 *
 * @throws Torch2CircomError if the tables are those of a later version
 */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (sql) => {
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
  });
}
