import { existsSync } from "node:fs";
import type { Contracts } from "../../client/contracts.js";
import { requestedJob } from "../../client/jobState.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { findJobFile } from "../jobFiles.js";
import { readJob } from "../jobSchema.js";
import type { KnownJob } from "../jobs.js";
import type { Project } from "../project.js";
import type { Chain, Network } from "./chain.js";
import { connectToContracts, contractsToRead } from "./deployments.js";

/** A job, and the chain on which it can be looked at. */
export interface ConnectedJob<On extends Network = Chain> {
  readonly chain: On;
  readonly contracts: Contracts;
  readonly known: KnownJob;
}

/**
 * A job by its file, or by its id alone: then the escrow's events tell the terms, and only the client has the input.
 *
 * @throws Torch2CircomError where neither a file nor the escrow knows it
 */
export function connectToJob(project: Project, job: string, account?: number): Promise<ConnectedJob> {
  return findJob(project, job, () => connectToContracts(project, account));
}

/** The same without an account: for those who only read. */
export function jobToRead(project: Project, job: string): Promise<ConnectedJob<Network>> {
  return findJob(project, job, () => contractsToRead(project));
}

async function findJob<On extends Network>(
  project: Project,
  job: string,
  connect: () => Promise<Omit<ConnectedJob<On>, "known">>,
): Promise<ConnectedJob<On>> {
  const path = existsSync(job) ? job : await findJobFile(project.config.torch2circom, job);
  const filed = path === undefined ? undefined : await readJob(path);
  const connected = await connect().catch((error: unknown) => {
    const isMissing = error instanceof Torch2CircomError && error.code === "NOT_DEPLOYED";
    throw isMissing && filed === undefined ? unknown(job, "and the network has no escrow to ask") : error;
  });
  if (filed !== undefined) return { ...connected, known: filed };
  const { chain, contracts } = connected;
  const requested = /^0x[0-9a-fA-F]{64}$/.test(job)
    ? await requestedJob(contracts, job.toLowerCase())
    : undefined;
  if (requested === undefined) throw unknown(job, `nor to the escrow of chain ${chain.id}`);
  const escrow = await contracts.escrow.getAddress();
  const known = { jobId: job.toLowerCase(), chainId: chain.id, escrow, job: requested.job };
  return { ...connected, known };
}

function unknown(job: string, where: string): Torch2CircomError {
  return new Torch2CircomError(
    "JOB_NOT_FOUND",
    `The job ${job} is not known here, ${where}`,
    "Give the id that torch2circom:request printed, with its network (--network), or the path of the job's file from the client.",
  );
}
