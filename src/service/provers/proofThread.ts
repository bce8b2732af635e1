import { modelPaths } from "../../artifacts/paths.js";
import type { Torch2CircomConfig } from "../../config/types.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { openLastingProver } from "../../groth16/lastingProver.js";
import type { Prover } from "../../groth16/prover.js";
import { proveInference, type CommittedInput } from "../../inference/infer.js";
import { loadModel, type BuiltModel } from "../../inference/model.js";
import { provePipeline } from "../../inference/provePipeline.js";
import { serve } from "../../progress/thread.js";
import type { JobAnswer } from "../jobs/row.js";
import { buildOf, type Build } from "./builds.js";

/** A proof for a job, of a build in a folder of builds. */
export interface ProofRun extends Build {
  readonly outDir: string;
  /** Chooses the prover. */
  readonly config: Pick<Torch2CircomConfig, "prover" | "rapidsnark">;
  readonly input: CommittedInput;
  /** What ties the proof to the job and its payee. */
  readonly binding: bigint;
}

/** Each build that was proven stays ready, with processes and a key of its own. */
const ready = new Map<string, Promise<{ model: BuiltModel; prover: Prover }>>();

serve<ProofRun, JobAnswer>(async (run) => {
  const opening = ready.get(run.build) ?? open(run);
  ready.set(run.build, opening);
  const { model, prover } = await opening.catch((error: unknown) => {
    ready.delete(run.build);
    throw error;
  });
  return model.segments.length === 0 ? prove(model, prover, run) : proveSegments(model, prover, run);
});

async function prove(model: BuiltModel, prover: Prover, { input, binding }: ProofRun): Promise<JobAnswer> {
  const { proof, publicSignals, words, seconds } = await proveInference(model, prover, input, binding);
  return { proof, publicSignals, words: words.map(String), seconds };
}

async function proveSegments(
  model: BuiltModel,
  prover: Prover,
  { input, binding }: ProofRun,
): Promise<JobAnswer> {
  const { proofs, edges, words, ...answer } = await provePipeline(model, prover, input, binding);
  const pipeline = { proofs, edges: edges.map(String) };
  return { proof: proofs[0], pipeline, words: words.map(String), ...answer };
}

async function open({ outDir, model: name, build, config }: ProofRun) {
  const model = await loadModel(modelPaths(outDir, name));
  if (buildOf(model.manifest).build !== build)
    throw new Torch2CircomError(
      "BUILD_NOT_FOUND",
      `"${name}" was built again: ${model.paths.folder} has another build than the job's`,
      "Copy the build's folder from the service's machine, and start the prover again.",
    );
  return { model, prover: await openLastingProver(config) };
}
