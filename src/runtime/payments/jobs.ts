import { ZeroAddress } from "ethers";
import { plainJob, statusOf } from "../../client/events.js";
import { jobIdOf } from "../../client/binding.js";
import type { Contracts } from "../../client/contracts.js";
import { logsBackwards } from "../../client/logs.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { jobFiles } from "../jobFiles.js";
import { readJob } from "../jobSchema.js";
import { deadlineOf, type KnownJob } from "../jobs.js";
import type { Project } from "../project.js";
import type { DamagedFile, JobList, JobsOptions, ListedJob } from "../types.js";
import type { Chain } from "./chain.js";
import { unitOf } from "../../client/unit.js";
import { connectToContracts } from "./deployments.js";
import { outlook } from "./outlook.js";

/** Blocks in which jobs are looked for that have no file here. */
const RECENT_BLOCKS = 10_000;

type FoundJob = KnownJob & { readonly file?: string };

/** The jobs of a project: by their files, and by the recent events that name one of the network's accounts. */
export async function jobs(
  project: Project,
  { account, blocks = RECENT_BLOCKS }: JobsOptions,
): Promise<JobList> {
  const { filed, damaged } = await readFiles(project);
  const offline = (notice: string): JobList => ({ jobs: filed.map((job) => listed(job)), damaged, notice });
  try {
    const { chain, contracts } = await connectToContracts(project, account);
    const known = new Set(filed.map(({ jobId }) => jobId));
    const recent = await recentJobs(chain, contracts, blocks);
    const found: FoundJob[] = [...filed, ...recent.filter(({ jobId }) => !known.has(jobId))];
    const all: ListedJob[] = [];
    for (const job of found) {
      if (job.chainId !== chain.id) all.push(listed(job));
      else {
        const status = await statusOf(contracts.escrow, job.jobId);
        all.push({ ...listed(job), status, ...(await outlook(chain, job, status)) });
      }
    }
    return { jobs: all, damaged, due: await due(chain, contracts, found) };
  } catch (error) {
    if (!(error instanceof Torch2CircomError)) throw error;
    return offline(`${error.problem}. ${error.remedy}`);
  }
}

/** One file that cannot be read keeps no other from the list. */
async function readFiles({ config }: Project): Promise<{ filed: FoundJob[]; damaged: DamagedFile[] }> {
  const filed: FoundJob[] = [];
  const damaged: DamagedFile[] = [];
  for (const file of await jobFiles(config.torch2circom)) {
    try {
      filed.push({ ...(await readJob(file)), file });
    } catch (error) {
      if (!(error instanceof Torch2CircomError)) throw error;
      damaged.push({ file, problem: error.problem, remedy: error.remedy });
    }
  }
  return { filed, damaged };
}

async function recentJobs(chain: Chain, contracts: Contracts, blocks: number): Promise<FoundJob[]> {
  const { escrow } = contracts;
  const signers = await chain.connection.ethers.getSigners();
  const own = new Set(signers.map(({ address }) => address));
  const newest = await chain.signer.provider!.getBlockNumber();
  const query = (from: number, to: number) => escrow.queryFilter(escrow.filters.Requested(), from, to);
  const found: FoundJob[] = [];
  const address = await escrow.getAddress();
  if (blocks === 0) return found;
  for await (const events of logsBackwards(query, newest, newest - blocks + 1))
    for (const { args } of events) {
      const job = plainJob(args.job);
      if (own.has(job.client) || own.has(job.provider))
        found.push({ jobId: jobIdOf(job), chainId: chain.id, escrow: address, job });
    }
  return found;
}

/** What the escrow owes to the account: in the native token, and in every token that a job of these pays in. */
async function due(chain: Chain, { escrow }: Contracts, found: readonly FoundJob[]): Promise<JobList["due"]> {
  const account = await chain.signer.getAddress();
  const own = found.filter(({ chainId }) => chainId === chain.id);
  const balances = [];
  for (const token of new Set([ZeroAddress, ...own.map(({ job }) => job.token)]))
    balances.push({
      token,
      amount: (await escrow.balanceOf(account, token)).toString(),
      ...(await unitOf(chain.signer, token)),
    });
  return { chainId: chain.id.toString(), account, balances };
}

function listed({ jobId, model, chainId, job, file }: FoundJob): ListedJob {
  return {
    jobId,
    model,
    chainId: chainId.toString(),
    amount: job.amount.toString(),
    token: job.token,
    client: job.client,
    provider: job.provider,
    fulfillBy: deadlineOf(job),
    file,
  };
}
