import type { InferenceEscrow } from "../../types/ethers-contracts/InferenceEscrow.js";
import type {
  TypedContractEvent,
  TypedDeferredTopicFilter,
  TypedEventLog,
} from "../../types/ethers-contracts/common.js";
import { JOB_STATUS, type Job } from "./terms.js";
import { blockAfter, logsBackwards, logsMissing } from "./logs.js";

/** What became of a job, from the escrow's storage. @param block number of the one that is asked. Default: the latest */
export async function statusOf(
  escrow: InferenceEscrow,
  jobId: string,
  block?: number,
): Promise<(typeof JOB_STATUS)[number]> {
  return JOB_STATUS[Number((await escrow.jobState(jobId, { blockTag: block })).status)];
}

/**
 * The one event of a job that a filter finds.
 *
 * @param fulfillBy nothing happens to a job after this second but a refund. Default: search from the latest block
 * @param oldest number of a block before it. Default: search to the first one
 * @throws Torch2CircomError where the node does not have it
 */
export async function eventOf<Event extends TypedContractEvent>(
  escrow: InferenceEscrow,
  filter: TypedDeferredTopicFilter<Event>,
  fulfillBy?: bigint,
  oldest?: number,
): Promise<TypedEventLog<Event>> {
  const provider = escrow.runner!.provider!;
  const newest =
    fulfillBy === undefined ? await provider.getBlockNumber() : await blockAfter(provider, fulfillBy);
  const query = (from: number, to: number) => escrow.queryFilter(filter, from, to);
  for await (const [event] of logsBackwards(query, newest, oldest)) if (event !== undefined) return event;
  throw logsMissing("the escrow knows the job, and the node shows no such event of it");
}

/** A struct of an event, without the numbers of its fields. */
export function plainJob(job: Job): Job {
  const { modelId, inputCommitment, client, provider, token, amount, bond, fundBy, fulfillBy } = job;
  const { callback, callbackGas, salt } = job;
  return {
    modelId,
    inputCommitment,
    client,
    provider,
    token,
    amount,
    bond,
    fundBy,
    fulfillBy,
    callback,
    callbackGas,
    salt,
  };
}
