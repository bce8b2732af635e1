import type { BatchKey } from "../../client/escrow.js";
import { modelIdOf } from "../../client/modelId.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { BuiltModel } from "../../inference/model.js";

/** The id under which a build is registered, or would be. */
export function modelIdOfBuild(model: BuiltModel): string {
  const { manifest, verificationKey: key, batches, segments } = model;
  const parts = segments.map((segment) => segment.verificationKey);
  const modelId = modelIdOf(manifest, { key, batches: batchKeys(batches), segments: parts });
  if (modelId !== undefined) return modelId;
  throw new Torch2CircomError(
    "BUILD_DAMAGED",
    `The manifest of "${manifest.name}" has no hash of a circuit`,
    "Build the model again.",
  );
}

/** The keys of batches, as the registry takes them. */
export function batchKeys(batches: BuiltModel["batches"]): BatchKey[] {
  return batches.map(({ jobs, verificationKey: key }) => ({ jobs, key }));
}
