import { concat, dataSlice, getBytes, keccak256, toBeHex } from "ethers";
import type { VerificationKey } from "../groth16/types.js";
import { encodeVerificationKey, type BatchKey, type ModelCommitment } from "./escrow.js";
import { encodePipeline, type Pipeline } from "./pipelineKeys.js";

/** What the first byte of a model's id says; see contracts/libraries/ModelId.sol. */
export const MODEL_KINDS = { single: 1, set: 2, pipeline: 3 } as const;

/**
 * The id of a model with one key: what `ModelRegistry.modelIdOf` computes.
 *
 * @param key as snarkjs writes it
 * @param commitment hashes of the model, its circuit and its setup
 * @returns 32 bytes, in hexadecimal
 * @example
 * ```ts
 * import { keyIdOf } from "torch2circom/client";
 *
 * const word = `0x${"00".repeat(32)}`;
 * console.log(keyIdOf(verificationKey, { modelHash: word, circuitHash: word, setupHash: word }));
 * ```
 */
export function keyIdOf(key: VerificationKey, commitment: ModelCommitment): string {
  return withKind(MODEL_KINDS.single, [hashOf(key), ...words(commitment)]);
}

/**
 * The id of a model with keys for batches of its jobs too: what `ModelRegistry.setIdOf` computes.
 *
 * @param key the key for one job, as snarkjs writes it
 * @param batches in ascending order of their numbers of jobs
 * @param commitment hashes of the model, its circuits and their setups
 * @returns 32 bytes, in hexadecimal
 * @example
 * ```ts
 * import { setIdOf } from "torch2circom/client";
 *
 * const word = `0x${"00".repeat(32)}`;
 * const commitment = { modelHash: word, circuitHash: word, setupHash: word };
 * console.log(setIdOf(verificationKey, [{ jobs: 8, key: verificationKey }], commitment));
 * ```
 */
export function setIdOf(
  key: VerificationKey,
  batches: readonly BatchKey[],
  commitment: ModelCommitment,
): string {
  const list = batches.flatMap((batch) => [toBeHex(batch.jobs, 32), hashOf(batch.key)]);
  return withKind(MODEL_KINDS.set, [hashOf(key), keccak256(concat(list)), ...words(commitment)]);
}

/**
 * The id of a model that is proven in segments: what `ModelRegistry.pipelineIdOf` computes.
 *
 * @param pipeline the keys, and the number of each segment's key
 * @param commitment hashes of the model, its circuits and their setups
 * @returns 32 bytes, in hexadecimal
 * @throws Torch2CircomError if the keys are not of one phase 1, or a number is not one of a key
 * @example
 * ```ts
 * import { pipelineIdOf } from "torch2circom/client";
 *
 * const word = `0x${"00".repeat(32)}`;
 * const pipeline = { keys: [verificationKey, verificationKey], segments: [0, 1] };
 * console.log(pipelineIdOf(pipeline, { modelHash: word, circuitHash: word, setupHash: word }));
 * ```
 */
export function pipelineIdOf(pipeline: Pipeline, commitment: ModelCommitment): string {
  const { keys, segments } = encodePipeline(pipeline);
  const keysHash = keccak256(concat(keys.keys.map((key) => keccak256(key))));
  const hashes = [keccak256(keys.common), keysHash, keccak256(segments)];
  return withKind(MODEL_KINDS.pipeline, [...hashes, ...words(commitment)]);
}

/**
 * The kind that a model's id says: 1 for a model with one key, 2 for one with batch keys too, 3 for a pipeline of
 * segments.
 *
 * @param modelId 32 bytes, in hexadecimal; whether it is registered, it does not say
 * @example
 * ```ts
 * import { kindOf, MODEL_KINDS } from "torch2circom/client";
 *
 * console.log(kindOf(modelId) === MODEL_KINDS.single);
 * ```
 */
export function kindOf(modelId: string): number {
  return getBytes(modelId)[0];
}

function hashOf(key: VerificationKey): string {
  return keccak256(encodeVerificationKey(key));
}

function words({ modelHash, circuitHash, setupHash }: ModelCommitment): string[] {
  return [modelHash, circuitHash, setupHash];
}

/** A byte, and the first 31 bytes of the hash. */
function withKind(kind: number, hashed: readonly string[]): string {
  return concat([toBeHex(kind, 1), dataSlice(keccak256(concat(hashed)), 0, 31)]);
}
