import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../artifacts/writeFile.js";
import type { Job } from "../client/escrow.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { CommittedInput } from "../inference/infer.js";
import { jobProblem, jobSchema, readJobText } from "./jobSchema.js";

/** What client and provider must know of a job. The client hands it to the provider: it holds the input itself. */
export interface JobRecord {
  readonly jobId: string;
  readonly model: string;
  readonly chainId: bigint;
  /** Address of the escrow that holds the payment. */
  readonly escrow: string;
  readonly job: Job;
  readonly input: CommittedInput;
  /** The output words of a job that was answered with a commitment: the provider hands them back in this file. */
  readonly answer?: readonly bigint[];
  /** The provider's signature of the job's digest, in hexadecimal: it accepts the job. */
  readonly offer?: string;
}

/** Keeps a job as `<builds>/<model>/jobs/<jobId>.json`. @returns the path */
export async function saveJob(outDir: string, record: JobRecord): Promise<string> {
  const path = join(outDir, record.model, "jobs", `${record.jobId}.json`);
  const plain = (_: string, value: unknown): unknown =>
    typeof value === "bigint" ? value.toString() : value;
  await writeWhole(path, `${JSON.stringify(record, plain, 2)}\n`);
  return path;
}

/**
 * @param job a job's id, or the path of its file
 * @throws Torch2CircomError where it is unknown or no job
 */
export async function loadJob(outDir: string, job: string): Promise<JobRecord> {
  const path = existsSync(job) ? job : await findJob(outDir, job);
  const damaged = (cause: Error) =>
    new Torch2CircomError(
      "JOB_DAMAGED",
      `${path} does not hold a job: ${jobProblem(cause)}`,
      "Ask the client for the file again.",
      cause,
    );
  try {
    return jobSchema.parse(JSON.parse(await readJobText(path)));
  } catch (error) {
    throw damaged(error as Error);
  }
}

/** When a job's payment can be refunded, as ISO 8601 text; the contract takes deadlines that no date has. */
export function deadlineOf({ fulfillBy }: Job): string {
  const date = new Date(Number(fulfillBy) * 1000);
  return Number.isNaN(date.getTime()) ? `second ${fulfillBy} of Unix time` : date.toISOString();
}

async function findJob(outDir: string, jobId: string): Promise<string> {
  const models = existsSync(outDir) ? await readdir(outDir) : [];
  const path = models.map((model) => join(outDir, model, "jobs", `${jobId}.json`)).find(existsSync);
  if (path === undefined || !/^0x[0-9a-f]{64}$/.test(jobId)) {
    throw new Torch2CircomError(
      "JOB_NOT_FOUND",
      `The job ${jobId} is not known here`,
      "Give the id that torch2circom:request printed, or the path of the job's file from the client.",
    );
  }
  return path;
}
