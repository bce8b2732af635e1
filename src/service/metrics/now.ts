import type { Sql } from "../database/database.js";
import { IS_ALIVE } from "../provers/presence.js";

/** A build that is sold, as it stands. */
export interface BuildNow {
  readonly model: string;
  readonly build: string;
  /** Jobs that wait for a prover. */
  readonly waiting: number;
  /** Provers alive that have it. */
  readonly provers: number;
}

/** What waits, and who works: as it is now. */
export interface Now {
  readonly builds: readonly BuildNow[];
  /** Transactions that are not final, by how far they are. */
  readonly open: Readonly<Record<"waiting" | "sent" | "mined", number>>;
}

/** Reads what waits and who works. */
export async function readNow(sql: Sql): Promise<Now> {
  const builds = await sql.query<BuildNow>(
    `with alive as materialized (select builds from prover where ${IS_ALIVE})
     select model, build,
       (select count(*)::int from job where job.build = offered.build and state in ('accepted', 'funded')) as waiting,
       (select count(*)::int from alive where offered.build = any(builds)) as provers
     from offered order by model`,
  );
  const [open] = await sql.query<Now["open"]>(
    `select (select count(*)::int from intent where state = 'waiting') as waiting,
       (select count(*)::int from slot where state = 'open') as sent,
       (select count(*)::int from slot where state = 'mined') as mined`,
  );
  return { builds, open };
}
