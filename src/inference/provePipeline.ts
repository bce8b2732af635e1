import { witnessElements } from "../circom/witnessFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Prover } from "../groth16/prover.js";
import type { Proof, PublicSignals } from "../groth16/types.js";
import { randomBits } from "../groth16/random.js";
import {
  circuitInput,
  commitmentTo,
  outputSignals,
  outputWords,
  programValues,
  requireProvingKey,
  type CommittedInput,
} from "./infer.js";
import type { BuiltModel } from "./model.js";
import { edgeCommitment, segmentInput, type EdgeSecrets } from "./segmentInput.js";
import { makeWitness } from "./witness.js";

/** Of each edge, 128 random bits: they hide what crosses from whoever knows the input. */
export function edgeSalts({ segments }: BuiltModel): bigint[] {
  return segments.slice(1).map(() => randomBits(128));
}

/** What a job's segments are proven about: computed once, whoever proves which of them. */
export interface PipelineWork {
  readonly values: readonly Float64Array[];
  readonly secrets: EdgeSecrets;
  readonly input: CommittedInput;
  /** The commitments to what crosses, in order. */
  readonly edges: readonly bigint[];
  /** The public signals of the outputs. */
  readonly shown: readonly bigint[];
  /** The packed output words. */
  readonly words: readonly bigint[];
}

/** Runs a model for its segments. @throws Torch2CircomError as `programValues` does */
export function pipelineWork(model: BuiltModel, input: CommittedInput, secrets: EdgeSecrets): PipelineWork {
  const values = programValues(model, input);
  const words = outputWords(model, input, values);
  const shown = outputSignals(model, input.salt, words);
  const edges = model.segments
    .slice(0, -1)
    .map(({ form }, number) => edgeCommitment(form.committed!, values, secrets, number));
  return { values, secrets, input, edges, shown, words };
}

/** The public signals that a segment's proof has to have. */
export function segmentSignals(
  model: BuiltModel,
  { edges, shown, input, secrets }: Pick<PipelineWork, "edges" | "shown" | "input" | "secrets">,
  number: number,
): bigint[] {
  const made = number === edges.length ? shown : [edges[number]];
  if (number > 0) return [...made, edges[number - 1]];
  return [...made, commitmentTo(model, input), secrets.binding];
}

/**
 * Proves one segment of a model. Segments need nothing of each other: the executor has every tensor.
 *
 * @throws Torch2CircomError where circuit and program disagree, or the proof does not verify
 */
export async function proveSegment(
  model: BuiltModel,
  work: PipelineWork,
  number: number,
  prover: Prover,
): Promise<Proof> {
  const { manifest, segments } = model;
  const segment = segments[number];
  const { values, secrets, input } = work;
  const whole = circuitInput(model, input, secrets.binding);
  const given = segmentInput(segment.form, manifest, whole, values, secrets);
  const witness = await makeWitness(segment, given, values);
  const expected = segmentSignals(model, work, number);
  const signals = witnessElements(witness, 1, 1 + expected.length);
  if (expected.some((signal, i) => signals[i] !== signal))
    throw new Torch2CircomError(
      "INTERNAL_CHECK_FAILED",
      `The circuit of segment ${number + 1} of ${manifest.name} and its program give different values`,
      "The build is damaged: build the model again.",
    );
  await requireProvingKey(segment);
  const { proof } = await prover.prove(segment.paths.zkey, witness, segment.verificationKey);
  return proof;
}

/** An answer that is proven in segments. */
export interface ProvenPipeline {
  /** One of each segment. */
  readonly proofs: readonly Proof[];
  readonly edges: readonly bigint[];
  /** What the escrow knows of: the outputs, the commitment to the input, and the binding. */
  readonly publicSignals: PublicSignals;
  readonly words: readonly bigint[];
  readonly seconds: number;
}

/**
 * Proves all segments of a model, one after the other: no two keys are open at once.
 *
 * @param binding what ties the proofs to a job and its payee
 * @throws Torch2CircomError as {@link proveSegment} does
 */
export async function provePipeline(
  model: BuiltModel,
  prover: Prover,
  input: CommittedInput,
  binding: bigint,
): Promise<ProvenPipeline> {
  const start = performance.now();
  const work = pipelineWork(model, input, { binding, salts: edgeSalts(model) });
  const proofs: Proof[] = [];
  for (const number of model.segments.keys()) proofs.push(await proveSegment(model, work, number, prover));
  const { edges, shown, words } = work;
  const publicSignals = [...shown, commitmentTo(model, input), binding].map(String);
  return { proofs, edges, publicSignals, words, seconds: (performance.now() - start) / 1000 };
}
