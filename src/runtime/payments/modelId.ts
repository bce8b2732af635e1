import type { BatchKey } from "../../client/escrow.js";
import { modelIdOf } from "../../client/modelId.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { BuiltModel } from "../../inference/model.js";

/** The id under which a build is registered, or would be. */
export function modelIdOfBuild({ manifest, verificationKey, batches }: BuiltModel): string {
  const modelId = modelIdOf(manifest, verificationKey, batchKeys(batches));
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
