import type { Project } from "../project.js";
import { explainRefusal } from "../../client/errors.js";
import { proofWords } from "../../groth16/proofWords.js";
import type { BuiltModel } from "../../inference/model.js";
import type { ProofResult } from "../types.js";
import { contractsToRead } from "./deployments.js";
import { modelIdOfBuild } from "./modelId.js";

/** What the registry of the network says of a proof. */
export async function verifyByRegistry(
  project: Project,
  model: BuiltModel,
  { proof, publicSignals }: Pick<ProofResult, "proof" | "publicSignals">,
): Promise<boolean> {
  const { contracts } = await contractsToRead(project);
  const modelId = modelIdOfBuild(model);
  return explainRefusal(() => contracts.registry.verify(modelId, proofWords(proof), publicSignals));
}
