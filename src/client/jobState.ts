import type { Contracts } from "./contracts.js";
import { explainRefusal } from "./errors.js";
import { eventOf, plainJob, statusOf } from "./events.js";
import type { Job, JOB_STATUS } from "./terms.js";

/** What is known of a job beside its id, which spares a search. */
export interface JobHints {
  /** The output words, as the provider gave them: the escrow is asked whether they are the result. */
  readonly outputWords?: readonly bigint[];
  /** The last second in which the job can be fulfilled. */
  readonly fulfillBy?: bigint;
  /** Number of a block before the job was funded. */
  readonly block?: number;
}

export interface JobState {
  readonly status: (typeof JOB_STATUS)[number];
  /** The output words, once the job is fulfilled. */
  readonly outputWords?: readonly bigint[];
  /** Who was paid; undefined where the words were known, and the node shows no events. */
  readonly payee?: string;
  /** The transaction that fulfilled the job; undefined like the payee. */
  readonly transaction?: string;
}

/** A job as its client has requested it. */
export interface RequestedJob {
  readonly job: Job;
  /** Number of the block in which it was funded. */
  readonly block: number;
  readonly transaction: string;
}

/**
 * The state of a job, from the escrow's storage and events. Events are searched backwards in windows that the node
 * answers.
 *
 * @param contracts see {@link contractsAt}
 * @param jobId 32 bytes, in hexadecimal
 * @param hints what is known of the job. Words that are the job's result need no events
 * @returns the status, and once it is fulfilled, the output words and the payee
 * @throws Torch2CircomError where the job is fulfilled, and the node does not have the logs
 * @example
 * ```ts
 * import { jobState, requestInference } from "torch2circom/client";
 *
 * const { jobId, job } = await requestInference(contracts, signer, {
 *   modelId,
 *   inputCommitment: 12345n,
 *   amount: 1000n,
 *   provider: await signer.getAddress(),
 * });
 *
 * console.log(job.amount, (await jobState(contracts, jobId)).status); // 1000n "funded"
 * ```
 */
export function jobState(contracts: Contracts, jobId: string, hints: JobHints = {}): Promise<JobState> {
  return explainRefusal(() => stateOf(contracts, jobId, hints));
}

async function stateOf({ escrow }: Contracts, jobId: string, hints: JobHints): Promise<JobState> {
  const status = await statusOf(escrow, jobId);
  if (status !== "fulfilled") return { status };
  const { outputWords, fulfillBy, block } = hints;
  try {
    const { args, transactionHash } = await eventOf(
      escrow,
      escrow.filters.Fulfilled(jobId),
      fulfillBy,
      block,
    );
    return { status, outputWords: args.outputs, payee: args.payee, transaction: transactionHash };
  } catch (error) {
    if (outputWords === undefined || !(await escrow.isResult(jobId, [...outputWords]))) throw error;
    return { status, outputWords };
  }
}

/**
 * The terms of a job that was funded or settled, from the escrow's `Requested` event.
 *
 * @param contracts see {@link contractsAt}
 * @param jobId 32 bytes, in hexadecimal
 * @returns the terms, and where they are on the chain; undefined for an id that the escrow does not know
 * @throws Torch2CircomError where the escrow knows the job, and the node does not have the logs
 * @example
 * ```ts
 * import { jobTerms, refundJob, requestedJob, requestInference } from "torch2circom/client";
 *
 * const terms = { modelId, inputCommitment: 12345n, amount: 1000n, provider: await signer.getAddress() };
 * const { jobId } = await requestInference(contracts, signer, terms);
 *
 * const { job } = (await requestedJob(contracts, jobId))!; // with nothing but the id
 * await refundJob(contracts, signer, job);
 * ```
 */
export function requestedJob({ escrow }: Contracts, jobId: string): Promise<RequestedJob | undefined> {
  return explainRefusal(async () => {
    if ((await statusOf(escrow, jobId)) === "none") return undefined;
    const { args, blockNumber, transactionHash } = await eventOf(escrow, escrow.filters.Requested(jobId));
    return { job: plainJob(args.job), block: blockNumber, transaction: transactionHash };
  });
}
