import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writePrivate } from "../artifacts/writeFile.js";
import type { Torch2CircomConfig } from "../config/types.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { jobText, type JobRecord } from "./jobs.js";
import { readJob } from "./jobSchema.js";

/** The folders in which jobs are looked for: their own, and that of the builds, which had them once. */
export type JobFolders = Pick<Torch2CircomConfig, "jobsDir" | "outDir">;

const JOB_ID = /^0x[0-9a-f]{64}$/;

/** The file of a job that is known here, its own or an old one; undefined where there is none. */
export async function findJobFile(folders: JobFolders, jobId: string): Promise<string | undefined> {
  if (!JOB_ID.test(jobId)) return undefined;
  return (await jobFiles(folders)).find((path) => path.endsWith(`${jobId}.json`));
}

/** All files of jobs: a job that is in both folders once, by the newer one. */
export async function jobFiles({ jobsDir, outDir }: JobFolders): Promise<string[]> {
  const own = await filesIn(jobsDir);
  const names = existsSync(outDir) ? await readdir(outDir) : [];
  const old = (await Promise.all(names.map((name) => filesIn(join(outDir, name, "jobs"))))).flat();
  const has = new Set(own.map(nameOf));
  return [...own, ...old.filter((path) => !has.has(nameOf(path)))];
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
}

const nameOf = (path: string): string => path.slice(-"0x.json".length - 64);

/**
 * @param job a job's id, or the path of its file
 * @throws Torch2CircomError where it is unknown or no job
 */
export async function loadJob(folders: JobFolders, job: string): Promise<JobRecord> {
  const path = existsSync(job) ? job : await findJobFile(folders, job);
  if (path === undefined) {
    throw new Torch2CircomError(
      "JOB_NOT_FOUND",
      `The job ${job} is not known here`,
      "Give the id that torch2circom:request printed, or the path of the job's file from the client.",
    );
  }
  return readJob(path);
}

/**
 * Keeps a job as `<jobsDir>/<job id>.json`, on the disk when the promise is kept. Only its owner can read it, and git
 * ignores it.
 *
 * @param existing what to do with the job's file if it is there
 * @returns the path
 */
export async function saveJob(
  { jobsDir }: JobFolders,
  record: JobRecord,
  existing: "keep" | "replace",
): Promise<string> {
  const path = join(jobsDir, `${record.jobId}.json`);
  const ignored = join(jobsDir, ".gitignore");
  if (!existsSync(ignored)) await writePrivate(ignored, "*\n", "replace");
  await writePrivate(path, jobText(record), existing);
  return path;
}

/** Removes the file of a job of which nothing has left. */
export async function forgetJob({ jobsDir }: JobFolders, { jobId }: JobRecord): Promise<void> {
  await rm(join(jobsDir, `${jobId}.json`), { force: true });
}
