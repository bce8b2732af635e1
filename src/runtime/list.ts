import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "./project.js";
import { readManifest } from "../artifacts/manifest.js";
import { MODEL_NAME, modelPaths } from "../artifacts/paths.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { deadlineOf, loadJob, type JobRecord } from "./jobs.js";
import type { DamagedFile, ListedBuild, ListedJob, Listing } from "./types.js";

/** Builds and jobs from the project's files; the network adds what became of its jobs, and what it owes. */
export async function list(project: Project): Promise<Listing> {
  const { outDir } = project.config.torch2circom;
  const names = existsSync(outDir)
    ? (await readdir(outDir)).filter((name) => MODEL_NAME.test(name)).sort()
    : [];
  const builds: ListedBuild[] = [];
  const records: (JobRecord & { file: string })[] = [];
  const damaged: DamagedFile[] = [];
  /** One file that cannot be read keeps no other from the list. */
  const readable = async (file: string, read: () => Promise<void>): Promise<void> => {
    try {
      await read();
    } catch (error) {
      if (!(error instanceof Torch2CircomError)) throw error;
      damaged.push({ file, problem: error.problem, remedy: error.remedy });
    }
  };
  for (const name of names) {
    const { manifest: path, folder } = modelPaths(outDir, name);
    if (existsSync(path))
      await readable(path, async () => {
        const { setup, constraints, inputMode } = await readManifest(path);
        builds.push({ name, setup, constraints, inputMode, folder });
      });
    for (const file of await jobFiles(join(folder, "jobs")))
      await readable(file, async () => void records.push({ ...(await loadJob(outDir, file)), file }));
  }
  const jobs = records.map(describeJob);
  try {
    const { askNetwork } = await import("./payments/ledger.js");
    const { statusOf, due } = await askNetwork(project, records);
    return { builds, jobs: jobs.map((job) => ({ ...job, status: statusOf.get(job.jobId) })), damaged, due };
  } catch (error) {
    if (!(error instanceof Torch2CircomError)) throw error;
    return { builds, jobs, damaged, notice: `${error.problem}. ${error.remedy}` };
  }
}

async function jobFiles(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
}

function describeJob({ jobId, model, chainId, job, file }: JobRecord & { file: string }): ListedJob {
  return {
    jobId,
    model,
    chainId: chainId.toString(),
    amount: job.amount.toString(),
    token: job.token,
    fulfillBy: deadlineOf(job),
    file,
  };
}
