import { witnessElements } from "../circom/witnessFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Prover } from "../groth16/prover.js";
import type { Proof } from "../groth16/types.js";
import { batchInput, batchShown, filledUp, type BatchShown } from "./batchInput.js";
import {
  circuitInput,
  commitmentTo,
  outputWords,
  programValues,
  requireProvingKey,
  shownSignals,
  type CommittedInput,
} from "./infer.js";
import type { BuiltBatch, BuiltModel } from "./model.js";
import { makeWitness } from "./witness.js";

/** A job to be proven with others. */
export interface BatchedJob {
  readonly input: CommittedInput;
  /** What ties the proof to the job and its payee. */
  readonly binding: bigint;
}

export interface ProvenBatch {
  readonly proof: Proof;
  /** The commitment to the public words of all jobs: what the escrow cannot compute itself. */
  readonly commitment: bigint;
  /** Of each job, the public signals before the commitment to its input. */
  readonly shown: readonly (readonly bigint[])[];
  /** Of each job, the packed output words. */
  readonly words: readonly (readonly bigint[])[];
  /** Wall-clock time of witness and proof. */
  readonly seconds: number;
}

/** What a batch's circuit is given, and what it has to show. */
export interface BatchWitnessInput {
  readonly input: ReturnType<typeof batchInput>;
  /** Of the tensors of all jobs. */
  readonly values: readonly Float64Array[];
  readonly shows: BatchShown;
  readonly shown: ProvenBatch["shown"];
  readonly words: ProvenBatch["words"];
}

/**
 * Fills a batch up with its last job, and computes what its circuit is given.
 *
 * @throws Torch2CircomError as `programValues` does
 */
export function prepareBatch(
  model: BuiltModel,
  { jobs: size }: Pick<BuiltBatch, "jobs">,
  jobs: readonly BatchedJob[],
): BatchWitnessInput {
  const computed = jobs.map(({ input, binding }) => {
    const values = programValues(model, input);
    const words = outputWords(model, input, values);
    const shown = shownSignals(model, input, words);
    const publicWords = [...shown, commitmentTo(model, input), binding];
    return { values, words, shown, publicWords, given: circuitInput(model, input, binding) };
  });
  const filled = filledUp(computed, size);
  const shows = batchShown(
    model.manifest.domain,
    filled.flatMap(({ publicWords }) => publicWords),
  );
  return {
    input: batchInput(
      filled.map(({ given }) => given),
      shows.challenge,
    ),
    values: filled.flatMap(({ values }) => values),
    shows,
    shown: computed.map(({ shown }) => shown),
    words: computed.map(({ words }) => words),
  };
}

/**
 * Proves the answers to several jobs at once.
 *
 * @param jobs at least one, and at most as many as the batch has
 */
export async function proveBatch(
  model: BuiltModel,
  batch: BuiltBatch,
  prover: Prover,
  jobs: readonly BatchedJob[],
): Promise<ProvenBatch> {
  const { input, values, shows, shown, words } = prepareBatch(model, batch, jobs);
  const start = performance.now();
  const witness = await makeWitness(batch, input, values);
  const [evaluation, challenge, commitment] = witnessElements(witness, 1, 4);
  if (evaluation !== shows.evaluation || challenge !== shows.challenge || commitment !== shows.commitment)
    throw new Torch2CircomError(
      "INTERNAL_CHECK_FAILED",
      `The circuit of ${batch.jobs} jobs of ${model.manifest.name} and its program give different outputs`,
      "The build is damaged: build the model again.",
    );
  await requireProvingKey(batch);
  const { proof } = await prover.prove(batch.paths.zkey, witness, batch.verificationKey);
  const seconds = (performance.now() - start) / 1000;
  return { proof, commitment: shows.commitment, shown, words, seconds };
}
