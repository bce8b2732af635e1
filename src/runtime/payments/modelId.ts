import { encodeVerificationKey, type ModelCommitment } from "../../client/escrow.js";
import type { Contracts } from "../../client/contracts.js";
import type { BuiltModel } from "../../inference/model.js";

/** What the registry keeps beside the key; see IModelRegistry.Commitment. */
export function commitmentOf({ manifest }: BuiltModel): ModelCommitment {
  return {
    modelHash: `0x${manifest.model.sha256}`,
    circuitHash: `0x${manifest.hashes.r1cs}`,
    setupHash: `0x${manifest.setupHash}`,
  };
}

export function modelIdOf({ registry }: Contracts, model: BuiltModel): Promise<string> {
  return registry.modelIdOf(encodeVerificationKey(model.verificationKey), commitmentOf(model));
}
