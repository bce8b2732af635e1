import { sha256, toUtf8Bytes } from "ethers";
import { canonicalJson, type Json } from "../artifacts/canonicalJson.js";
import type { Manifest } from "../artifacts/manifestForm.js";
import type { VerificationKey } from "../groth16/types.js";
import type { BatchKey, ModelCommitment } from "./escrow.js";
import { keyIdOf, setIdOf } from "./ids.js";

/**
 * What the registry keeps beside the keys; see IModelRegistry.Commitment. Of a model with batches, the hashes of circuits
 * and setups are each of the canonical JSON of their list, the model's own first.
 */
export function commitmentOf({ model, hashes, setupHash, batches = [] }: Manifest): ModelCommitment {
  const modelHash = `0x${model.sha256}`;
  if (batches.length === 0)
    return { modelHash, circuitHash: `0x${hashes.r1cs}`, setupHash: `0x${setupHash}` };
  const all = [{ jobs: 1, hashes, setupHash }, ...batches];
  return {
    modelHash,
    circuitHash: hashOfList(all.map((one) => ({ jobs: one.jobs, r1cs: one.hashes.r1cs }))),
    setupHash: hashOfList(all.map((one) => ({ jobs: one.jobs, setup: one.setupHash }))),
  };
}

function hashOfList(list: Json): string {
  return sha256(toUtf8Bytes(canonicalJson(list)));
}

/**
 * The id of a build, as the registry computes it.
 *
 * @param batches keys for proofs of many jobs, if the build has any
 */
export function modelIdOf(
  manifest: Manifest,
  key: VerificationKey,
  batches: readonly BatchKey[] = [],
): string | undefined {
  // A stranger's manifest may lack it.
  if ([manifest, ...(manifest.batches ?? [])].some(({ hashes }) => hashes.r1cs === undefined))
    return undefined;
  const commitment = commitmentOf(manifest);
  return batches.length === 0 ? keyIdOf(key, commitment) : setIdOf(key, batches, commitment);
}
