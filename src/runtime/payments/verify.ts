import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { explainRefusal } from "../../client/errors.js";
import { proofWords } from "../../groth16/proofWords.js";
import type { BuiltModel } from "../../inference/model.js";
import type { ProofResult } from "../types.js";
import { connectToContracts } from "./deployments.js";
import { modelIdOf } from "./modelId.js";

/** What the registry of the network says of a proof. */
export async function verifyByRegistry(
  hre: HardhatRuntimeEnvironment,
  model: BuiltModel,
  { proof, publicSignals }: Pick<ProofResult, "proof" | "publicSignals">,
): Promise<boolean> {
  const { contracts } = await connectToContracts(hre);
  const modelId = await modelIdOf(contracts, model);
  return explainRefusal(() => contracts.registry.verify(modelId, proofWords(proof), publicSignals));
}
