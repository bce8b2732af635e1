import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readManifest } from "../../artifacts/manifest.js";
import { MODEL_NAME } from "../../artifacts/names.js";
import {
  batchFolder,
  KEPT_KEYS,
  modelPaths,
  pathsIn,
  segmentFolder,
  type ModelPaths,
} from "../../artifacts/paths.js";
import { modelIdOf } from "../../client/modelId.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { readVerificationKey } from "../../groth16/files.js";
import { loadModel, type BuiltModel } from "../../inference/model.js";
import type { KnownJob } from "../jobs.js";

/**
 * The build of a job's model, whatever the client calls it; a key that was replaced counts too, if it was kept.
 *
 * @param outDir folder of all builds
 * @returns undefined where no build here is of this model
 * @throws Torch2CircomError where the one that is, or may be, is damaged
 */
export async function modelOfJob(outDir: string, { job, model }: KnownJob): Promise<BuiltModel | undefined> {
  const names = (await foldersIn(outDir)).filter((name) => MODEL_NAME.test(name));
  // The client's name is most often ours.
  names.sort((a, b) => Number(b === model) - Number(a === model));
  let damage: unknown;
  for (const name of names) {
    const own = modelPaths(outDir, name);
    const kept = await foldersIn(join(own.folder, KEPT_KEYS));
    for (const paths of [own, ...kept.map((hash) => pathsIn(join(own.folder, KEPT_KEYS, hash)))]) {
      const id = await modelIdIn(paths);
      if (id !== job.modelId.toLowerCase() && (id !== "damaged" || name !== model)) continue;
      try {
        return await loadModel(paths);
      } catch (error) {
        damage ??= error;
      }
    }
  }
  if (damage !== undefined) throw damage;
  return undefined;
}

/** @throws Torch2CircomError where no build here is of the job's model */
export async function requireModelOfJob(outDir: string, job: KnownJob): Promise<BuiltModel> {
  const model = await modelOfJob(outDir, job);
  if (model !== undefined) return model;
  throw new Torch2CircomError(
    "JOB_REFUSED",
    `Job ${job.jobId}: it is of another model, or of another build of this model: no build here has its model id`,
    "A build has a key of its own: fulfill it with the build that is registered.",
  );
}

async function foldersIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? readdir(folder) : [];
}

/** The id of a build's model; undefined where there is no build. */
async function modelIdIn(paths: ModelPaths): Promise<string | undefined> {
  if (!existsSync(paths.manifest)) return undefined;
  try {
    const manifest = await readManifest(paths.manifest);
    const keyIn = (folder: string) => readVerificationKey(pathsIn(folder).verificationKey);
    const batches = (manifest.batches ?? []).map(async ({ jobs }) => ({
      jobs,
      key: await keyIn(join(paths.folder, batchFolder(jobs))),
    }));
    const segments = (manifest.segments ?? []).map((_, number) =>
      keyIn(join(paths.folder, segmentFolder(number))),
    );
    const parts = await Promise.all(segments);
    const key = parts.at(0) ?? (await keyIn(paths.folder));
    return modelIdOf(manifest, { key, batches: await Promise.all(batches), segments: parts });
  } catch {
    return "damaged";
  }
}
