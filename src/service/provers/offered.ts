import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Database, Sql } from "../database/database.js";
import type { Build } from "./builds.js";
import type { Queue } from "./queue.js";

/** Offers a build: jobs that are quoted from now on are for it, and its queue is there. */
export async function offerBuild(database: Database, queue: Queue, build: Build): Promise<void> {
  await queue.create(build);
  await database.query(
    "insert into offered values ($1, $2) on conflict (model) do update set build = excluded.build",
    [build.model, build.build],
  );
}

/** @throws Torch2CircomError where the service does not sell this build */
export async function requireOffered(sql: Sql, { model, build }: Build): Promise<void> {
  const [offered] = await sql.query<Build>("select model, build from offered where model = $1", [model]);
  if (offered === undefined)
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `The service of this database does not sell "${model}"`,
      "Start the service with this model first, or check DATABASE_URL and the model's name.",
    );
  if (offered.build === build) return;
  throw new Torch2CircomError(
    "BUILD_NOT_FOUND",
    `The service sells the build ${offered.build} of "${model}", and the build here is ${build}`,
    "Copy the build's folder from the service's machine: building again makes another key.",
  );
}
