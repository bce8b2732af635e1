import { requireSafeKey } from "../../client/safeKey.js";
import { hashFile } from "../../artifacts/hash.js";
import { saveRegistration } from "../../artifacts/keptKeys.js";
import { modelUri } from "../../client/model.js";
import { commitmentOf, pipelineOf } from "../../client/modelId.js";
import { registerModel, registerSet, type ModelCommitment } from "../../client/escrow.js";
import { registerPipeline } from "../../client/pipeline.js";
import type { SendOptions } from "../../client/send.js";
import { requireOwnContracts } from "../../client/ownContracts.js";
import type { Contracts } from "../../client/contracts.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { BuiltModel } from "../../inference/model.js";
import type { Chain } from "./chain.js";
import { batchKeys } from "./modelId.js";
import { waitOptions } from "./sending.js";
import type { RegisterResult, TransactionOptions } from "../types.js";

/** @throws Torch2CircomError for a key that its maker could forge with, on a chain where that would cost money */
export async function register(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  {
    uri,
    allowSingleContributor,
    ...options
  }: TransactionOptions & { uri?: string; allowSingleContributor?: boolean },
): Promise<RegisterResult> {
  const { name, inputMode } = model.manifest;
  requireSafeKey(chain, model.manifest, allowSingleContributor);
  await requireOwnContracts(contracts);
  if (inputMode === "public") {
    throw new Torch2CircomError(
      "INPUT_MODE_UNSUPPORTED",
      `"${name}" shows its inputs, and the escrow pays for committed ones`,
      "Build with --input committed; proofs of this build are verified directly, by its Solidity verifier.",
    );
  }
  const hash = await hashFile(model.paths.manifest);
  const isPlace = uri !== undefined && /^https?:[^#]*$/.test(uri);
  const announced = isPlace ? modelUri(uri, hash) : (uri ?? `manifest:sha256:${hash}`);
  const commitment = commitmentOf(model.manifest);
  const waits = waitOptions(options);
  const result = await registerKeys(contracts, model, commitment, announced, waits);
  const { modelId } = result;
  const chainId = chain.id.toString();
  if (!chain.isInProcess) await saveRegistration(model.paths, model.manifest, { chainId, modelId });
  return result;
}

/** Registers all keys of a build under one id. */
async function registerKeys(
  contracts: Contracts,
  { verificationKey: key, batches, segments }: BuiltModel,
  ...rest: [commitment: ModelCommitment, uri: string, options: SendOptions]
): Promise<RegisterResult> {
  if (segments.length > 0)
    return registerPipeline(contracts, pipelineOf(segments.map((one) => one.verificationKey)), ...rest);
  if (batches.length > 0) return registerSet(contracts, key, batchKeys(batches), ...rest);
  return registerModel(contracts, key, ...rest);
}
