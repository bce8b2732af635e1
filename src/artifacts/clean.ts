import { existsSync } from "node:fs";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { whyKept } from "./keptKeys.js";
import { readManifest } from "./manifest.js";
import { CEREMONIES, KEPT_KEYS, pathsIn } from "./paths.js";

/** What was not removed, and why. */
export interface KeptFolder {
  readonly folder: string;
  readonly why: string;
}

/** Folders in a build's folder with what can never be made again: keys, and the jobs that were kept there once. */
const IRREPLACEABLE: Readonly<Record<string, string>> = {
  [KEPT_KEYS]: "keys that another build has replaced",
  [CEREMONIES]: "a ceremony, whose contributions can never be made again",
  jobs: "jobs, whose salts are nowhere else",
};

/**
 * Removes builds that were not completed or have a development key. What can never be made again is kept: a key that took
 * a contribution or is registered, and the files of jobs. Other folders are not touched.
 *
 * @param builds folder of all builds; it may be missing.
 * @returns what was kept of the builds, for the user
 */
export async function removeDevelopmentBuilds(builds: string): Promise<KeptFolder[]> {
  const kept: KeptFolder[] = [];
  for (const name of existsSync(builds) ? await readdir(builds) : []) {
    const folder = join(builds, name);
    const why = await whyKept(pathsIn(folder));
    if (why !== undefined) kept.push({ folder, why });
    else if (await isRemovable(folder)) kept.push(...(await remove(folder)));
  }
  return kept;
}

/** Removes a folder; of a link to one, all that it holds, so that the next build goes where the last one went. */
async function remove(folder: string): Promise<KeptFolder[]> {
  const isLink = (await lstat(folder)).isSymbolicLink();
  const names = await readdir(folder);
  const kept = names.filter((name) => name in IRREPLACEABLE);
  const isWhole = !isLink && kept.length === 0;
  const paths = isWhole
    ? [folder]
    : names.filter((name) => !kept.includes(name)).map((name) => join(folder, name));
  for (const path of paths) await rm(path, { recursive: true });
  return kept.map((name) => ({ folder: join(folder, name), why: `it has ${IRREPLACEABLE[name]}` }));
}

async function isRemovable(folder: string): Promise<boolean> {
  const { manifest: path, calibration } = pathsIn(folder);
  if (!existsSync(path)) return existsSync(join(folder, ".stages")) || existsSync(calibration);
  // A manifest that cannot be read may be that of a key worth keeping.
  const manifest = await readManifest(path).catch(() => undefined);
  return manifest?.setup === "development";
}
