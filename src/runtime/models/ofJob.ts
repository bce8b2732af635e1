import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readManifest } from "../../artifacts/manifest.js";
import { KEPT_KEYS, MODEL_NAME, modelPaths, pathsIn, type ModelPaths } from "../../artifacts/paths.js";
import { modelIdOf } from "../../client/modelId.js";
import { readVerificationKey } from "../../groth16/files.js";
import { loadModel, type BuiltModel } from "../../inference/model.js";
import type { KnownJob } from "../jobs.js";

/**
 * The build of a job's model, whatever the client calls it; a key that was replaced counts too, if it was kept.
 *
 * @param outDir folder of all builds
 * @returns undefined where no build here is of this model
 */
export async function modelOfJob(outDir: string, { job, model }: KnownJob): Promise<BuiltModel | undefined> {
  const names = (await foldersIn(outDir)).filter((name) => MODEL_NAME.test(name));
  // The client's name is most often ours.
  for (const name of names.sort((a, b) => Number(b === model) - Number(a === model))) {
    const own = modelPaths(outDir, name);
    const kept = await foldersIn(join(own.folder, KEPT_KEYS));
    for (const paths of [own, ...kept.map((hash) => pathsIn(join(own.folder, KEPT_KEYS, hash)))])
      if ((await modelIdIn(paths)) === job.modelId.toLowerCase()) return loadModel(paths);
  }
  // A build of that name that is damaged is to be said.
  if (model !== undefined && names.includes(model)) await loadModel(modelPaths(outDir, model));
  return undefined;
}

async function foldersIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? readdir(folder) : [];
}

/** Undefined where there is no build, or a damaged one, which may be of another model. */
async function modelIdIn({ manifest, verificationKey }: ModelPaths): Promise<string | undefined> {
  if (!existsSync(manifest)) return undefined;
  try {
    return modelIdOf(await readManifest(manifest), await readVerificationKey(verificationKey));
  } catch {
    return undefined;
  }
}
