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
import { inStage } from "../../progress/progress.js";
import type { PipelineProgress } from "../jobs.js";
import type { Journal } from "./journal.js";
import { progressOf, type SendingOptions } from "./sending.js";

/** What makes the proofs, if some are still to be made. */
export interface Proving {
  readonly prover: () => Promise<Prover>;
}

/** Segments of a job that are all proven. */
interface ProvenSegments extends PipelineProgress {
  readonly proofs: readonly Proof[];
}

/**
 * Proofs of all segments of a job that pay the payee. Each goes to the disk as it is made, so that an interruption costs one at
 * most; those that are there already are verified and kept.
 */
export async function provenSegments(
  payee: string,
  model: BuiltModel,
  journal: Journal,
  options: SendingOptions & Proving,
): Promise<ProvenSegments> {
  const { progress, work } = await beginSegments(payee, model, journal);
  const proofs = [...progress.proofs];
  for (const [number, known] of proofs.entries()) {
    if (known !== null && (await isValid(model, work, number, known))) continue;
    await inStage(progressOf(options), `Prove segment ${number + 1} of ${proofs.length}`, async () => {
      proofs[number] = await proveSegment(model, work, number, await options.prover());
      await journal.write({ pipeline: { ...progress, proofs: [...proofs] } });
    });
  }
  if (model.manifest.outputMode === "committed") await journal.write({ answer: work.words });
  return { ...progress, proofs: proofs as Proof[] };
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

async function isValid(
  model: BuiltModel,
  work: PipelineWork,
  number: number,
  proof: Proof,
): Promise<boolean> {
  const signals = segmentSignals(model, work, number).map(String);
  return verify(model.segments[number].verificationKey, signals, proof).catch(() => false);
}
