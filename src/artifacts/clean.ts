import { existsSync } from "node:fs";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { readManifest } from "./manifest.js";

/**
 * Removes builds that were not completed or have a development key. A key that took a contribution is kept: it can
 * never be made again, and a model that is registered under it would be lost with it. Other folders are not touched.
 *
 * @param builds folder of all builds; it may be missing.
 */
export async function removeDevelopmentBuilds(builds: string): Promise<void> {
  if (!existsSync(builds)) return;
  for (const name of await readdir(builds)) {
    const folder = join(builds, name);
    if (await isRemovable(folder)) await remove(folder);
  }
}

/** Removes a folder; of a link to one, all that it holds, so that the next build goes where the last one went. */
async function remove(folder: string): Promise<void> {
  const isLink = (await lstat(folder)).isSymbolicLink();
  const paths = isLink ? (await readdir(folder)).map((name) => join(folder, name)) : [folder];
  for (const path of paths) await rm(path, { recursive: true });
}

async function isRemovable(folder: string): Promise<boolean> {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) return existsSync(join(folder, ".stages"));
  // A manifest that cannot be read may be that of a key worth keeping.
  const manifest = await readManifest(path).catch(() => undefined);
  return manifest?.setup === "development";
}
