import { bindingOf } from "../../client/binding.js";
import type { Prover } from "../../groth16/prover.js";
import type { Proof } from "../../groth16/types.js";
import { verify } from "../../groth16/verify.js";
import type { BuiltModel } from "../../inference/model.js";
import {
  edgeSalts,
  pipelineWork,
  proveSegment,
  segmentSignals,
  type PipelineWork,
} from "../../inference/provePipeline.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { inStage } from "../../progress/progress.js";
import type { PipelineProgress } from "../jobs.js";
import { readJob } from "../jobSchema.js";
import type { Journal } from "./journal.js";
import { progressOf, type SendingOptions } from "./sending.js";

/** What makes the proofs, if some are still to be made. */
export interface Proving {
  readonly prover: () => Promise<Prover>;
}

export interface SegmentsOptions extends SendingOptions {
  /** Files of the job from other machines, whose proofs are taken where they hold. @default none */
  readonly from?: readonly string[];
  /** Numbers of the segments that are proven here, from 0 on. @default all */
  readonly only?: readonly number[];
}

/**
 * Proofs of segments of a job that pay the payee. Each goes to the disk as it is made, so that an interruption costs one at
 * most; those that are there already are verified and kept.
 */
export async function provenSegments(
  payee: string,
  model: BuiltModel,
  journal: Journal,
  options: SegmentsOptions & Proving,
): Promise<PipelineProgress> {
  const { progress, work } = await beginSegments(payee, model, journal);
  const { from = [], only = [...progress.proofs.keys()] } = options;
  const elsewhere = await proofsFrom(from, progress);
  const proofs = [...progress.proofs];
  const keep = async (number: number, proof: Proof | null) => {
    proofs[number] = proof;
    await journal.write({ pipeline: { ...progress, proofs: [...proofs] } });
  };
  for (const [number, known] of progress.proofs.entries()) {
    const candidates = [known, ...elsewhere.map((made) => made[number])].filter((proof) => proof !== null);
    const valid = await firstValid(model, work, number, candidates);
    if (valid !== known) await keep(number, valid ?? null);
    if (valid !== undefined || !only.includes(number)) continue;
    await inStage(progressOf(options), `Prove segment ${number + 1} of ${proofs.length}`, async () =>
      keep(number, await proveSegment(model, work, number, await options.prover())),
    );
  }
  if (model.manifest.outputMode === "committed") await journal.write({ answer: work.words });
  return { ...progress, proofs };
}

/**
 * Files of jobs from other machines, by the job that each is of.
 *
 * @throws Torch2CircomError for a file of another job
 */
export async function filesByJob(
  files: readonly string[],
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const file of files) {
    const { jobId } = await readJob(file);
    if (!jobIds.includes(jobId))
      throw new Torch2CircomError(
        "JOB_REFUSED",
        `${file} is of job ${jobId}, which is not among those to fulfill`,
        "Name this job too, or leave the file out.",
      );
    found.set(jobId, [...(found.get(jobId) ?? []), file]);
  }
  return found;
}

/** Proofs that other machines have made for the same payee with the same salts, by job file. */
async function proofsFrom(
  files: readonly string[],
  { payee, salts }: PipelineProgress,
): Promise<PipelineProgress["proofs"][]> {
  const made: PipelineProgress["proofs"][] = [];
  for (const file of files) {
    const { jobId, pipeline } = await readJob(file);
    if (pipeline === undefined || pipeline.payee !== payee || pipeline.salts.join() !== salts.join())
      throw new Torch2CircomError(
        "JOB_REFUSED",
        `${file} has no proofs of segments of job ${jobId} for ${payee} with the secrets that are here`,
        "Give other machines the job's file after its first segment has been proven here, and take theirs back.",
      );
    made.push(pipeline.proofs);
  }
  return made;
}

async function firstValid(
  model: BuiltModel,
  work: PipelineWork,
  number: number,
  proofs: readonly Proof[],
): Promise<Proof | undefined> {
  const signals = segmentSignals(model, work, number).map(String);
  for (const proof of proofs)
    if (await verify(model.segments[number].verificationKey, signals, proof).catch(() => false)) return proof;
  return undefined;
}

/** The salts of a job's edges, on the disk before anything is proven with them, and what the segments are proven about. */
export async function beginSegments(
  payee: string,
  model: BuiltModel,
  journal: Journal,
): Promise<{ readonly progress: PipelineProgress; readonly work: PipelineWork }> {
  const { jobId, chainId, escrow, input, pipeline } = journal.record;
  const binding = bindingOf(jobId, payee, { chainId, escrow });
  const count = model.segments.length;
  const isOurs = pipeline?.payee === payee && pipeline.proofs.length === count;
  const salts = isOurs ? pipeline.salts : edgeSalts(model);
  const work = pipelineWork(model, input, { binding, salts });
  const { shown, edges } = work;
  if (isOurs) return { progress: { ...pipeline, shown, edges }, work };
  const progress = { payee, salts, shown, edges, proofs: new Array<null>(count).fill(null) };
  await journal.write({ pipeline: progress });
  return { progress, work };
}
