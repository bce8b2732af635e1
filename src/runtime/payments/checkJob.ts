import { getAddress } from "ethers";
import { jobIdOf } from "../../client/binding.js";
import type { Contracts } from "../../client/contracts.js";
import { requireOwnContracts } from "../../client/ownContracts.js";
import type { Job } from "../../client/terms.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { commitmentTo } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import type { JobRecord } from "../jobs.js";

/** @throws Torch2CircomError where the job's terms and input are not such that this model's proof is paid */
export async function checkJob(contracts: Contracts, model: BuiltModel, record: JobRecord): Promise<void> {
  const { jobId, job } = record;
  const refuse = (problem: string, remedy: string) =>
    new Torch2CircomError("JOB_REFUSED", `Job ${jobId}: ${problem}`, remedy);
  await requireOwnContracts(contracts);
  if (idOf(job) !== jobId) {
    throw refuse("its id is not that of its terms", "Ask the client for the job's file again.");
  }
  if (getAddress(record.escrow) !== (await contracts.escrow.getAddress())) {
    throw refuse(
      `it is of the escrow at ${record.escrow}, which is not the one that is known here`,
      "Deploy with this version of the package, on both sides, or ask the client which escrow it trusts.",
    );
  }
  if (!isInputOfJob(model, record)) {
    throw refuse(
      "its input is not the one that the client committed to",
      "Ask the client for the job's file again.",
    );
  }
}

/** Whether input and salt are those of the job: of its terms, which its id is a hash of. */
export function isInputOfJob(
  model: BuiltModel,
  { jobId, job, input }: Pick<JobRecord, "jobId" | "job" | "input">,
): boolean {
  const packings = model.manifest.inputs.map(({ packing }) => packing);
  const fits = input.integers.every(
    (values, i) =>
      values.length === packings[i]?.count &&
      values.every((q) => q >= packings[i].offset && q < packings[i].offset + 2 ** packings[i].width),
  );
  return fits && idOf(job) === jobId && commitmentTo(model, input) === job.inputCommitment;
}

/** Undefined for terms that no job can have: numbers that exceed their types. */
function idOf(job: Job): string | undefined {
  try {
    return jobIdOf(job);
  } catch {
    return undefined;
  }
}
