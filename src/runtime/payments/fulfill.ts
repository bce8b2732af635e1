import type { Signer } from "ethers";
import { bindingOf } from "../../client/binding.js";
import { fulfillJob } from "../../client/escrow.js";
import { fulfillPipeline } from "../../client/pipeline.js";
import type { Receipt, SendOptions } from "../../client/send.js";
import type { Job } from "../../client/terms.js";
import { jobState } from "../../client/jobState.js";
import type { Contracts } from "../../client/contracts.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { verify } from "../../groth16/verify.js";
import { commitmentTo, proveInference } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import { inStage } from "../../progress/progress.js";
import type { Chain } from "./chain.js";
import { resultOf } from "./answers.js";
import { checkJob } from "./checkJob.js";
import type { ConnectedJob } from "./findJob.js";
import { requireWorthwhile } from "./guards/worthwhile.js";
import { deadlineOf, isRecord, type JobRecord, type ProvenJob } from "../jobs.js";
import { requireModelOfJob } from "../models/ofJob.js";
import type { Project } from "../project.js";
import { proverOf } from "../prover.js";
import { Journal } from "./journal.js";
import { provenSegments, type Proving } from "./provenSegments.js";
import { requireChain } from "./requireJob.js";
import { carryOut, progressOf, receiptOf, type SendingOptions } from "./sending.js";
import type { FulfillOptions as GivenOptions, FulfillResult } from "../types.js";

export type FulfillOptions = SendingOptions & Pick<GivenOptions, "anyway" | "proofs">;

/** Fulfills a job that is known by its file. */
export async function fulfill(
  project: Project,
  { chain, contracts, known }: ConnectedJob,
  options: FulfillOptions,
): Promise<FulfillResult> {
  const folders = project.config.torch2circom;
  if (!isRecord(known)) {
    throw new Torch2CircomError(
      "JOB_REFUSED",
      `Job ${known.jobId}: its input is not here`,
      "Ask the client for the job's file: only the client has the input.",
    );
  }
  requireChain(known, chain);
  const model = await requireModelOfJob(folders.outDir, known);
  return fulfillRecord(project, { chain, contracts, model, record: known }, options);
}

/** Fulfills a job whose model is known. */
export async function fulfillRecord(
  project: Project,
  { chain, contracts, model, record }: JobOfModel,
  options: FulfillOptions,
): Promise<FulfillResult> {
  const journal = await Journal.open(project.config.torch2circom, record);
  const prover = () => proverOf(project);
  return fulfillWith(chain, contracts, model, record, journal, { ...options, prover });
}

interface JobOfModel {
  readonly chain: Chain;
  readonly contracts: Contracts;
  readonly model: BuiltModel;
  readonly record: JobRecord;
}

/**
 * Proves a job's answer for the sender and collects the payment. The proof is on the disk before it is sent: after an
 * interruption the same proof is sent again. Of a job that the sender has fulfilled, the answer is given again.
 *
 * @param given the job as it was handed over; the journal may be older
 */
async function fulfillWith(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  given: JobRecord,
  journal: Journal,
  options: FulfillOptions & Proving,
): Promise<FulfillResult> {
  const { jobId, job } = given;
  const payee = await chain.signer.getAddress();
  const start = performance.now();
  await checkJob(contracts, model, given);
  const isOver = await isPaid(contracts, given, payee);
  // A proof that is made already costs nothing more.
  if (!isOver && !isProven(journal.record, payee))
    await requireWorthwhile(chain, model, given, { anyway: options.anyway });
  const proven = isOver ? undefined : await provenBy(payee, model, journal, options);
  const seconds = proven === undefined ? 0 : (performance.now() - start) / 1000;
  const provider = chain.signer.provider!;
  const receipt = await carryOut(
    chain,
    journal,
    {
      purpose: "fulfill",
      send: (sending) => proven!(contracts, chain.signer, job, sending),
      done: async () => {
        const state = await jobState(contracts, jobId, { fulfillBy: job.fulfillBy });
        return state.payee === payee ? receiptOf(provider, state.transaction!) : undefined;
      },
    },
    options,
  ).catch(async (error: unknown) => {
    throw (await whetherTooLate(chain, journal)) ?? error;
  });
  return resultOf(model, journal, { payee, seconds, ...receipt });
}

/** Sends what is proven. */
type SendProven = (contracts: Contracts, signer: Signer, job: Job, options: SendOptions) => Promise<Receipt>;

/** The proofs that pay the payee, of one circuit or of segments, all on the disk. */
async function provenBy(
  payee: string,
  model: BuiltModel,
  journal: Journal,
  options: FulfillOptions & Proving,
): Promise<SendProven> {
  if (model.segments.length === 0) {
    const { proof, shown } = await provenFor(payee, model, journal, options);
    return (contracts, signer, job, sending) =>
      fulfillJob(contracts, signer, job, payee, proof, shown, sending);
  }
  const { proofs, edges, shown } = await provenSegments(payee, model, journal, {
    ...options,
    from: options.proofs,
  });
  const all = { proofs: proofs.filter((proof) => proof !== null), edges };
  return (contracts, signer, job, sending) =>
    fulfillPipeline(contracts, signer, { job, payee, outputWords: shown }, all, sending);
}

/** Whether nothing is left to be proven. */
function isProven({ proven, pipeline }: JobRecord, payee: string): boolean {
  const isOwn = proven?.payee === payee && proven.batch === undefined;
  return isOwn || (pipeline?.payee === payee && !pipeline.proofs.includes(null));
}

/** A proof that pays the payee: the one on the disk, or a new one, which goes there first. */
async function provenFor(
  payee: string,
  model: BuiltModel,
  journal: Journal,
  options: SendingOptions & Proving,
): Promise<ProvenJob> {
  const { jobId, chainId, escrow, input, proven } = journal.record;
  const binding = bindingOf(jobId, payee, { chainId, escrow });
  if (proven !== undefined) {
    const signals = [...proven.shown, commitmentTo(model, input), binding].map(String);
    if (await verify(model.verificationKey, signals, proven.proof).catch(() => false)) return proven;
  }
  return inStage(progressOf(options), "Prove", async () => {
    const { proof, publicSignals, words } = await proveInference(
      model,
      await options.prover(),
      input,
      binding,
    );
    // The escrow knows the commitment and the binding itself.
    const made = { payee, proof, shown: publicSignals.slice(0, -2).map(BigInt) };
    const committed = model.manifest.outputMode === "committed";
    await journal.write({ proven: made, ...(committed && { answer: words }) });
    return made;
  });
}

/** Refuses what could only be proved in vain, before the work is done. @returns whether the payee has been paid already */
export async function isPaid(
  contracts: Contracts,
  { jobId, job }: JobRecord,
  payee: string,
): Promise<boolean> {
  const state = await jobState(contracts, jobId, { fulfillBy: job.fulfillBy });
  if (state.status === "fulfilled" && state.payee === payee) return true;
  if (state.status === "funded") return false;
  throw new Torch2CircomError(
    "JOB_REFUSED",
    `Job ${jobId}: it is ${state.status}`,
    "Only a funded job can be fulfilled.",
  );
}

/** The words for a fulfillment that was mined after the deadline; undefined where that is not what happened. */
async function whetherTooLate({ signer }: Chain, journal: Journal): Promise<Torch2CircomError | undefined> {
  const { jobId, job } = journal.record;
  const hash = journal.last("fulfill")?.hash;
  const provider = signer.provider!;
  const receipt = hash === undefined ? null : await provider.getTransactionReceipt(hash).catch(() => null);
  const block = receipt === null ? null : await provider.getBlock(receipt.blockNumber).catch(() => null);
  if (receipt?.status !== 0 || block === null || BigInt(block.timestamp) <= job.fulfillBy) return undefined;
  return new Torch2CircomError(
    "JOB_REFUSED",
    `Job ${jobId}: it had to be fulfilled by ${deadlineOf(job)}, and transaction ${hash} was mined ${BigInt(block.timestamp) - job.fulfillBy} seconds later: it reverted, and nothing was paid`,
    "Nothing but its gas is lost, and the client can be refunded. A transaction that waits too long can be sent again with a higher fee (torch2circom:resume --bump).",
  );
}
