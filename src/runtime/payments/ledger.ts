import { ZeroAddress } from "ethers";
import type { Project } from "../project.js";
import { jobState } from "../../client/escrow.js";
import type { JobRecord } from "../jobs.js";
import type { ListedJob, Listing } from "../types.js";
import { unitOf } from "./amount.js";
import { connectToContracts } from "./deployments.js";

/**
 * What became of the network's jobs, and what the escrow owes to the account: in the native token, and in every token
 * that a job of these pays in.
 *
 * @throws Torch2CircomError where the network does not answer, or has no escrow
 */
export async function askNetwork(
  project: Project,
  records: readonly JobRecord[],
): Promise<{ statusOf: Map<string, ListedJob["status"]>; due: NonNullable<Listing["due"]> }> {
  const { chain, contracts } = await connectToContracts(project);
  const own = records.filter(({ chainId }) => chainId === chain.id);
  const statusOf = new Map<string, ListedJob["status"]>();
  for (const { jobId } of own) statusOf.set(jobId, (await jobState(contracts, jobId)).status);
  const account = await chain.signer.getAddress();
  const balances = [];
  for (const token of new Set([ZeroAddress, ...own.map(({ job }) => job.token)]))
    balances.push({
      token,
      amount: (await contracts.escrow.balanceOf(account, token)).toString(),
      unit: await unitOf(chain.signer, token),
    });
  return { statusOf, due: { chainId: chain.id.toString(), account, balances } };
}
