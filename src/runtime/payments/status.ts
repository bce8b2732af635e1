import { jobState, type JobState } from "../../client/jobState.js";
import type { Contracts } from "../../client/contracts.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { answersOf, outputSignalCount, outputWords, shownSignals } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import { deadlineOf, type KnownJob } from "../jobs.js";
import type { StatusResult } from "../types.js";
import type { Network } from "./chain.js";
import { isInputOfJob } from "./checkJob.js";
import { outlook } from "./outlook.js";

/** A job's state, with the answer once there is one, and what can be done. */
export async function status(
  chain: Network,
  contracts: Contracts,
  model: BuiltModel | undefined,
  job: KnownJob,
): Promise<StatusResult> {
  const state = await stateOf(contracts, model, job);
  const signals = state.outputWords;
  return {
    jobId: job.jobId,
    fulfillBy: deadlineOf(job.job),
    ...state,
    ...(await outlook(chain, job, state.status)),
    ...(model && { outputMode: model.manifest.outputMode }),
    ...(signals === undefined || model === undefined ? {} : { outputs: answered(model, job, signals) }),
  };
}

/** A node that has forgotten the events can still say whether an answer that is known here is the proven one. */
async function stateOf(
  contracts: Contracts,
  model: BuiltModel | undefined,
  job: KnownJob,
): Promise<JobState> {
  const { jobId, job: terms, transactions } = job;
  const hints = { fulfillBy: terms.fulfillBy, block: transactions?.[0]?.block };
  try {
    return await jobState(contracts, jobId, hints);
  } catch (error) {
    if (!(error instanceof Torch2CircomError) || error.code !== "LOGS_MISSING") throw error;
    const known = job.proven?.shown ?? (model && computed(model, job));
    if (known === undefined) throw error;
    return jobState(contracts, jobId, { ...hints, outputWords: known });
  }
}

/** What the model's proof shows of a job's input; undefined where that cannot be computed here. */
function computed(model: BuiltModel, { input, answer }: KnownJob): readonly bigint[] | undefined {
  if (input === undefined) return undefined;
  try {
    return shownSignals(model, input, answer ?? outputWords(model, input));
  } catch (error) {
    if (error instanceof Torch2CircomError) return undefined;
    throw error;
  }
}

function answered(model: BuiltModel, job: KnownJob, signals: readonly bigint[]) {
  const { input, answer } = job;
  // Another salt may open the words as others.
  if (model.manifest.outputMode === "encrypted" && input && !isInputOfJob(model, { ...job, input }))
    throw new Torch2CircomError(
      "OUTPUT_INVALID",
      "The job's file has another input, salt or terms than the job, and the answer does not open by them",
      "Take the file that the request wrote.",
    );
  const opening = input && { salt: input.salt, words: answer };
  return answersOf(model, signals.slice(0, outputSignalCount(model)), opening);
}
