import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
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
  for (const entry of await readdir(builds, { withFileTypes: true })) {
    const folder = join(builds, entry.name);
    if (entry.isDirectory() && (await isRemovable(folder))) await rm(folder, { recursive: true });
  }
}

async function isRemovable(folder: string): Promise<boolean> {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) return existsSync(join(folder, ".stages"));
  // A manifest that cannot be read may be that of a key worth keeping.
  const manifest = await readManifest(path).catch(() => undefined);
  return manifest?.setup === "development";
}
