import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import type { Project } from "./project.js";
import { readManifest } from "../artifacts/manifest.js";
import { MODEL_NAME } from "../artifacts/names.js";
import { modelPaths } from "../artifacts/paths.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { DamagedFile, ListedBuild, Listing } from "./types.js";

/** Builds from the project's files. One that cannot be read keeps no other from the list. */
export async function list({ config }: Project): Promise<Listing> {
  const { outDir } = config.torch2circom;
  const names = existsSync(outDir)
    ? (await readdir(outDir)).filter((name) => MODEL_NAME.test(name)).sort()
    : [];
  const builds: ListedBuild[] = [];
  const damaged: DamagedFile[] = [];
  for (const name of names) {
    const { manifest: file, folder } = modelPaths(outDir, name);
    if (!existsSync(file)) continue;
    try {
      const { setup, constraints, inputMode } = await readManifest(file);
      builds.push({ name, setup, constraints, inputMode, folder });
    } catch (error) {
      if (!(error instanceof Torch2CircomError)) throw error;
      damaged.push({ file, problem: error.problem, remedy: error.remedy });
    }
  }
  return { builds, damaged };
}
