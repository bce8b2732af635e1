import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Prover } from "../../groth16/prover.js";
import type { BuiltModel } from "../../inference/model.js";
import { loadJob, type JobFolders } from "../jobFiles.js";
import { Journal } from "../payments/journal.js";
import { provenSegments } from "../payments/provenSegments.js";
import type { ProveSegmentsOptions, ProvenSegmentsResult } from "../types.js";

/** Proves segments of a job; the proofs go into the job's file. */
export async function proveSegments(
  model: BuiltModel,
  prover: () => Promise<Prover>,
  folders: JobFolders,
  { job, payee, segments, proofs: from, progress }: ProveSegmentsOptions,
): Promise<ProvenSegmentsResult> {
  const count = model.segments.length;
  const wrong = segments?.find((number) => !(Number.isInteger(number) && number >= 1 && number <= count));
  if (count === 0 || wrong !== undefined)
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      count === 0
        ? `"${model.manifest.name}" is built as one circuit, without segments`
        : `"${model.manifest.name}" has no segment ${wrong}`,
      count === 0
        ? "Prove it without --segment, or build with --segments."
        : `Its segments are 1 to ${count}.`,
    );
  const journal = await Journal.open(folders, await loadJob(folders, job));
  const only = segments?.map((number) => number - 1);
  const { proofs } = await provenSegments(payee, model, journal, { prover, from, only, progress });
  const numbers = proofs.map((proof, number) => ({ number: number + 1, isProven: proof !== null }));
  return {
    file: journal.file!,
    proven: numbers.filter(({ isProven }) => isProven).map(({ number }) => number),
    missing: numbers.filter(({ isProven }) => !isProven).map(({ number }) => number),
  };
}
