import { getAddress } from "ethers";
import { requireWorthwhile } from "./guards/worthwhile.js";
import { modelIdOf } from "./modelId.js";
import { bindingOf, jobIdOf } from "../../client/binding.js";
import { fulfillJob, jobState, type Job } from "../../client/escrow.js";
import type { Contracts } from "../../client/contracts.js";
import { requireOwnContracts } from "../../client/ownContracts.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { commitmentTo, proveInference } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import type { Chain } from "./chain.js";
import type { JobRecord } from "../jobs.js";
import { requireChain } from "./requireJob.js";
import type { FulfillResult } from "../types.js";

/**
 * Proves a job's answer for the sender and collects the payment.
 *
 * @returns also the job with its answer, for the client, where the chain has a commitment to it only
 */
export async function fulfill(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  record: JobRecord,
  anyway?: boolean,
): Promise<FulfillResult & { answered?: JobRecord }> {
  await checkJob(chain, contracts, model, record);
  await requireWorthwhile(chain, model, record, anyway);
  const payee = await chain.signer.getAddress();
  const { proof, publicSignals, answers, words, seconds } = await proveInference(
    model,
    record.input,
    bindingOf(record.jobId, payee, { chainId: chain.id, escrow: record.escrow }),
  );
  // The escrow knows the commitment and the binding itself.
  const shown = publicSignals.slice(0, -2).map(BigInt);
  const receipt = await fulfillJob(contracts, chain.signer, record.job, payee, proof, shown);
  const result = { jobId: record.jobId, payee, outputs: answers, seconds, ...receipt };
  const committed = model.manifest.outputMode === "committed";
  return committed ? { ...result, answered: { ...record, answer: words } } : result;
}

/** Refuses what could only be proved in vain, before the work is done. */
export async function checkJob(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  record: JobRecord,
  expected: "funded" | "none" = "funded",
): Promise<void> {
  const { jobId, job, input } = record;
  const refuse = (problem: string, remedy: string) =>
    new Torch2CircomError("JOB_REFUSED", `Job ${jobId}: ${problem}`, remedy);
  requireChain(record, chain);
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
  if (job.modelId !== (await modelIdOf(contracts, model))) {
    throw refuse(
      "it is of another model, or of another build of this model",
      "A build has a key of its own: fulfill it with the build that is registered.",
    );
  }
  const packings = model.manifest.inputs.map(({ packing }) => packing);
  const fits = input.integers.every(
    (values, i) =>
      values.length === packings[i]?.count &&
      values.every((q) => q >= packings[i].offset && q < packings[i].offset + 2 ** packings[i].width),
  );
  if (!fits || commitmentTo(model, input) !== job.inputCommitment) {
    throw refuse(
      "its input is not the one that the client committed to",
      "Ask the client for the job's file again.",
    );
  }
  const { status } = await jobState(contracts, jobId);
  if (status === expected) return;
  throw refuse(
    `it is ${status}`,
    expected === "funded"
      ? "Only a funded job can be fulfilled."
      : "Only a job that is not funded can be accepted.",
  );
}

/** Undefined for terms that no job can have: numbers that exceed their types. */
function idOf(job: Job): string | undefined {
  try {
    return jobIdOf(job);
  } catch {
    return undefined;
  }
}
