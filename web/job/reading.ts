import { jobIdOf } from "../../src/client/binding.js";
import { contractsAt } from "../../src/client/contracts.js";
import { jobHistory, type JobHistory } from "../../src/client/jobHistory.js";
import { requireOwnContracts } from "../../src/client/ownContracts.js";
import { ask } from "../../src/client/service/ask.js";
import type { Wallet } from "../parts/wallet/wallet.js";
import { jobOnChainForm, placesForm, type Place } from "./forms.js";

/** What was read of a job, and by whose node. */
export interface Reading {
  readonly history: JobHistory;
  /** Name of the wallet whose node was asked; undefined for the service's own, which may say anything. */
  readonly wallet?: string;
}

/** Ranges of blocks that a wallet's node is asked for, at most. */
const MOST_RANGES = 200;

/** Where the service's jobs are. */
export async function placeOf(url: string): Promise<Place> {
  return (await ask(url, "/models", placesForm)).models[0];
}

/** Reads a job through the node of the visitor's wallet. @throws for contracts that are not this package's */
export async function readByWallet(
  { escrow, registry }: Place,
  { reader, name }: Wallet,
  jobId: string,
  known?: JobHistory,
): Promise<Reading> {
  const contracts = await contractsAt({ registry, escrow }, reader());
  await requireOwnContracts(contracts);
  const history = await jobHistory(contracts, jobId, { mostRanges: MOST_RANGES, known });
  return { history: own(history, jobId), wallet: name };
}

/** Reads a job through the service's node. */
export async function readByService(url: string, jobId: string): Promise<Reading> {
  return { history: own(await ask(url, `/jobs/${jobId}/chain`, jobOnChainForm), jobId) };
}

/** @throws Error for terms of another job: an id is the hash of its terms */
function own(history: JobHistory, jobId: string): JobHistory {
  if (history.job === undefined || jobIdOf(history.job) === jobId) return history;
  throw new Error("The node's terms of this job do not belong to its id: nothing that it says is shown.");
}
