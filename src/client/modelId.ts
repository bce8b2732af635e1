import { sha256, toUtf8Bytes } from "ethers";
import { canonicalJson, type Json } from "../artifacts/canonicalJson.js";
import type { Manifest } from "../artifacts/manifestForm.js";
import type { VerificationKey } from "../groth16/types.js";
import type { BatchKey, ModelCommitment } from "./escrow.js";
import { keyIdOf, pipelineIdOf, setIdOf } from "./ids.js";
import type { Pipeline } from "./pipelineKeys.js";

/** The verification keys of a build. */
export interface ModelKeys {
  /** Of one job; of a model in segments, the first segment's. */
  readonly key: VerificationKey;
  /** Of many jobs, the smallest first. */
  readonly batches: readonly BatchKey[];
  /** Of the segments, the first to the last; none where one circuit proves the model. */
  readonly segments: readonly VerificationKey[];
}

/**
 * What the registry keeps beside the keys; see IModelRegistry.Commitment. Of a model with batches or segments, the hashes of
 * circuits and setups are each of the canonical JSON of their list: the model's own first, and segments in their order.
 */
export function commitmentOf({
  model,
  hashes,
  setupHash,
  batches = [],
  segments = [],
}: Manifest): ModelCommitment {
  const modelHash = `0x${model.sha256}`;
  const own = { jobs: 1, hashes, setupHash };
  const all = segments.length > 0 ? segments.map((one) => ({ jobs: 1, ...one })) : [own, ...batches];
  if (all.length === 1) return { modelHash, circuitHash: `0x${hashes.r1cs}`, setupHash: `0x${setupHash}` };
  return {
    modelHash,
    circuitHash: hashOfList(all.map((one) => ({ jobs: one.jobs, r1cs: one.hashes.r1cs }))),
    setupHash: hashOfList(all.map((one) => ({ jobs: one.jobs, setup: one.setupHash }))),
  };
}

function hashOfList(list: Json): string {
  return sha256(toUtf8Bytes(canonicalJson(list)));
}

/** The id of a build, as the registry computes it; undefined where a stranger's manifest lacks the hash of a circuit. */
export function modelIdOf(manifest: Manifest, { key, batches, segments }: ModelKeys): string | undefined {
  const { hashes, batches: many = [], segments: parts = [] } = manifest;
  const circuits = parts.length > 0 ? parts : [{ hashes }, ...many];
  if (circuits.some((one) => one.hashes.r1cs === undefined)) return undefined;
  const commitment = commitmentOf(manifest);
  if (segments.length > 0) return pipelineIdOf(pipelineOf(segments), commitment);
  return batches.length === 0 ? keyIdOf(key, commitment) : setIdOf(key, batches, commitment);
}

/** Segments each of which has a key of its own. */
export function pipelineOf(keys: readonly VerificationKey[]): Pipeline {
  return { keys, segments: keys.map((_, number) => number) };
}
