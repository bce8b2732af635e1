import type { Manifest } from "../../artifacts/manifestForm.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Proof, PublicSignals, VerificationKey } from "../../groth16/types.js";
import { bindingOf } from "../binding.js";
import { decodeOutputs, type Answer } from "../outputs.js";
import type { PipelineProof } from "../pipeline.js";
import type { EscrowId } from "../typedData.js";
import type { Job } from "../terms.js";
import { verifyProof } from "../verify.js";

/** What an answer is to be the answer to. */
export interface AnsweredJob extends EscrowId {
  readonly jobId: string;
  readonly job: Pick<Job, "inputCommitment" | "provider">;
  /** The salt of the input. */
  readonly salt: bigint;
}

/** What answers are checked by. */
export interface AnsweringModel {
  readonly manifest: Manifest;
  /** Of a model in segments, the first segment's. */
  readonly verificationKey: VerificationKey;
  /** The keys of the segments, the first to the last. @default none: one circuit proves the model */
  readonly segments?: readonly VerificationKey[];
}

/** An answer as its provider gave it. */
export interface GivenAnswer {
  /** Of a model in segments, the first segment's. */
  readonly proof: Proof;
  /** Of a model in segments, all proofs, and the commitments to what each hands to the next. */
  readonly pipeline?: PipelineProof;
  readonly publicSignals: PublicSignals;
  /** The output words, of a model that shows a commitment to them. */
  readonly words?: readonly bigint[];
}

/**
 * Checks an answer without trusting anybody: the proof verifies under the model's key, and what it shows are the input's
 * commitment, this very job, and the outputs.
 *
 * @param model manifest and key, which belong to the model's id: see {@link fetchModel}
 * @param asked the job that was paid for
 * @param given proof, public signals and, of committed outputs, their words
 * @returns the outputs, as the model gives them
 * @throws Torch2CircomError where the answer is not the one that was asked for
 * @example
 * ```ts
 * import { verifyAnswer, type AnsweredJob, type GivenAnswer, type RemoteModel } from "torch2circom/client";
 *
 * function read(model: RemoteModel, asked: AnsweredJob, given: GivenAnswer) {
 *   return verifyAnswer(model, asked, given).map(({ name, values }) => `${name}: ${values.join(", ")}`);
 * }
 * console.log(read.name);
 * ```
 */
export function verifyAnswer(
  model: AnsweringModel,
  { jobId, job, salt, chainId, escrow }: AnsweredJob,
  given: GivenAnswer,
): Answer[] {
  if (!isProven(model, given)) throw wrong("its proof does not verify");
  const signals = given.publicSignals.map(BigInt);
  const [commitment, binding] = signals.slice(-2);
  if (commitment !== job.inputCommitment) throw wrong("it is about another input");
  if (binding !== bindingOf(jobId, job.provider, { chainId, escrow })) throw wrong("it is about another job");
  return decodeOutputs(model.manifest, signals.slice(0, -2), { salt, words: given.words });
}

/** Whether all of it is proven: by one proof, or by those of the segments, of which each takes up what the last one left. */
function isProven(
  { verificationKey, segments = [] }: AnsweringModel,
  { proof, pipeline, publicSignals }: GivenAnswer,
): boolean {
  if (segments.length === 0) return verifyProof(verificationKey, publicSignals, proof);
  const { proofs, edges } = pipeline ?? { proofs: [], edges: [] };
  if (proofs.length !== segments.length || edges.length !== segments.length - 1) return false;
  const crossing = edges.map(String);
  return segments.every((key, number) => {
    const made = crossing.slice(number, number + 1);
    const last = number === crossing.length ? publicSignals.slice(0, -2) : made;
    const taken = number === 0 ? publicSignals.slice(-2) : [crossing[number - 1]];
    return verifyProof(key, [...last, ...taken], proofs[number]);
  });
}

function wrong(why: string): Torch2CircomError {
  return new Torch2CircomError(
    "OUTPUT_INVALID",
    `The answer is not the one that was paid for: ${why}`,
    "The escrow does not pay for it: the payment comes back after the job's deadline (torch2circom:refund).",
  );
}
