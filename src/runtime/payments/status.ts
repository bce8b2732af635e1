import { jobState } from "../../client/escrow.js";
import type { Contracts } from "../../client/contracts.js";
import { answersOf, outputSignalCount } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import { deadlineOf, type JobRecord } from "../jobs.js";
import type { StatusResult } from "../types.js";

/** A job's state, with the answer once there is one. */
export async function status(
  contracts: Contracts,
  model: BuiltModel,
  record: JobRecord,
): Promise<StatusResult> {
  const state = await jobState(contracts, record.jobId);
  return {
    jobId: record.jobId,
    fulfillBy: deadlineOf(record.job),
    ...state,
    ...(state.outputWords === undefined ? {} : { outputs: answered(model, record, state.outputWords) }),
  };
}

function answered(model: BuiltModel, { input, answer }: JobRecord, signals: readonly bigint[]) {
  const opening = answer && { salt: input.salt, words: answer };
  return answersOf(model, signals.slice(0, outputSignalCount(model)), opening);
}
