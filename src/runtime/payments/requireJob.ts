import type { Contracts } from "../../client/contracts.js";
import { jobState } from "../../client/jobState.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { KnownJob } from "../jobs.js";

/** @throws Torch2CircomError where the job is of another chain than the chosen network's */
export function requireChain(
  { jobId, chainId }: KnownJob,
  chain: { readonly id: bigint; readonly network: string },
): void {
  if (chainId === chain.id) return;
  throw new Torch2CircomError(
    "JOB_REFUSED",
    `Job ${jobId}: it is of chain ${chainId}, and the network "${chain.network}" is chain ${chain.id}`,
    "Choose its network with --network.",
  );
}

/**
 * A chain that has changed its id has kept its jobs: they can be read and refunded under the new one.
 *
 * @throws Torch2CircomError where the escrow does not know the job, and it is of another chain
 */
export async function requireJob(
  contracts: Contracts,
  job: KnownJob,
  chain: { readonly id: bigint; readonly network: string },
): Promise<void> {
  if (job.chainId === chain.id) return;
  if ((await jobState(contracts, job.jobId)).status === "none") requireChain(job, chain);
}
