import { keccak256, toBeHex } from "ethers";
import { encodePipeline, type Pipeline } from "../../../src/client/pipelineKeys.js";
import { verificationKeyOf } from "../ledger/prover.js";
import { COMMITMENT, type Job, makeJob, request, type System, URI } from "./escrow.js";
import { type ProofWords, R } from "./fixture.js";
import { proofOf } from "./many.js";

/** Numbers of keys, segment by segment, with all their keys different. */
export const differing = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The same with one key for all segments in between. */
export const sharing = (count: number): number[] =>
  differing(count).map((i) => (i === 0 ? 0 : i < count - 1 ? 1 : Math.min(2, count - 1)));

/** The system with a pipeline as its model. Secrets of the keys are known: any statement has a proof. */
export interface PipelineSystem extends System {
  readonly pipeline: Pipeline;
  readonly outputs: number;
}

export const keyName = (number: number) => `segment key ${number}`;

/** Keys for these segments of a model with so many output words. */
export function makePipeline(segments: readonly number[], outputs = 1): Pipeline {
  const last = Math.max(...segments);
  const keys = Array.from({ length: last + 1 }, (_, i) =>
    verificationKeyOf(keyName(i), i === 0 ? 3 : i === last ? outputs + 1 : 2),
  );
  return { keys, segments };
}

export async function withPipeline(
  system: System,
  segments: readonly number[],
  outputs = 1,
  commitment = COMMITMENT,
): Promise<PipelineSystem> {
  const pipeline = makePipeline(segments, outputs);
  const { keys, segments: bytes } = encodePipeline(pipeline);
  await system.registry.registerPipeline(keys, bytes, commitment, URI);
  const modelId = await system.registry.pipelineIdOf(keys, bytes, commitment);
  return { ...system, modelId, pipeline, outputs };
}

/** What the proofs of one answer state. */
export interface Statement {
  readonly outputs: readonly bigint[];
  readonly edges: readonly bigint[];
  readonly commitment: bigint;
  readonly binding: bigint;
}

/** The public signals of a segment. */
export function signalsOf({ outputs, edges, commitment, binding }: Statement, segment: number): bigint[] {
  if (segment === 0) return [edges[0], commitment, binding];
  return segment === edges.length ? [...outputs, edges[segment - 1]] : [edges[segment], edges[segment - 1]];
}

export interface PipelineProof {
  proofs: ProofWords[];
  edges: bigint[];
}

/** Proofs of just this, a proof each. */
export function proveSegments({ segments }: Pipeline, statement: Statement): PipelineProof {
  const proofs = segments.map((key, i) => proofOf(keyName(key), signalsOf(statement, i)));
  return { proofs, edges: [...statement.edges] };
}

export interface PipelineAnswer {
  job: Job;
  payee: string;
  outputs: bigint[];
}

/** The answer to a job of the model, for the worker. */
export async function answer(system: PipelineSystem, changes: Partial<Job> = {}): Promise<PipelineAnswer> {
  const job = await makeJob(system, changes);
  const outputs = Array.from({ length: system.outputs }, (_, i) => 55n + BigInt(i));
  return { job, payee: system.worker.address, outputs };
}

/** The same, funded. */
export async function fundAnswer(
  system: PipelineSystem,
  changes: Partial<Job> = {},
): Promise<PipelineAnswer> {
  const one = await answer(system, changes);
  await request(system, one.job);
  return one;
}

/** What proofs of the answer state: edges that nobody else's answer has. */
export async function statementOf(
  { escrow, pipeline }: PipelineSystem,
  { job, payee, outputs }: PipelineAnswer,
): Promise<Statement> {
  const binding = await escrow.bindingOf(await escrow.hashJob(job), payee);
  const edges = pipeline.segments
    .slice(1)
    .map((_, i) => BigInt(keccak256(toBeHex((binding ^ BigInt(i)) % R, 32))) % R);
  return { outputs, edges, commitment: BigInt(job.inputCommitment), binding };
}

/** Honest proofs of the answer. */
export async function proveAnswer(system: PipelineSystem, one: PipelineAnswer): Promise<PipelineProof> {
  return proveSegments(system.pipeline, await statementOf(system, one));
}
