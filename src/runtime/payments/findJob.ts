import { existsSync } from "node:fs";
import type { Contracts } from "../../client/contracts.js";
import { requestedJob } from "../../client/jobState.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { findJobFile, readJob, type JobFolders } from "../jobFiles.js";
import type { KnownJob } from "../jobs.js";
import type { Chain } from "./chain.js";

/**
 * A job by its file, or by its id alone: then the escrow's events tell the terms, and only the client has the input.
 *
 * @throws Torch2CircomError where neither a file nor the escrow knows it
 */
export async function findJob(
  folders: JobFolders,
  { id: chainId }: Chain,
  contracts: Contracts,
  job: string,
): Promise<KnownJob> {
  const path = existsSync(job) ? job : await findJobFile(folders, job);
  if (path !== undefined) return readJob(path);
  const requested = /^0x[0-9a-fA-F]{64}$/.test(job)
    ? await requestedJob(contracts, job.toLowerCase())
    : undefined;
  if (requested !== undefined) {
    const escrow = await contracts.escrow.getAddress();
    return { jobId: job.toLowerCase(), chainId, escrow, job: requested.job };
  }
  throw new Torch2CircomError(
    "JOB_NOT_FOUND",
    `The job ${job} is not known here, nor to the escrow of chain ${chainId}`,
    "Give the id that torch2circom:request printed, with its network (--network), or the path of the job's file from the client.",
  );
}
