import { InferenceEscrow__factory } from "../types/ethers-contracts/factories/InferenceEscrow__factory.js";
import { ModelRegistry__factory } from "../types/ethers-contracts/factories/ModelRegistry__factory.js";

// The compiled contracts, carried along: a project that installs the package has no artifacts of them.

export const MODEL_REGISTRY = artifactOf("ModelRegistry", ModelRegistry__factory);
export const INFERENCE_ESCROW = artifactOf("InferenceEscrow", InferenceEscrow__factory);

/** What Ignition deploys from; the deployed bytecode is of no use to it. */
function artifactOf<const Abi>(
  contractName: string,
  { abi, bytecode }: { readonly abi: Abi; readonly bytecode: string },
) {
  return {
    _format: "hh3-artifact-1",
    contractName,
    sourceName: `torch2circom/contracts/${contractName}.sol`,
    abi,
    bytecode,
    deployedBytecode: "0x",
    linkReferences: {},
    deployedLinkReferences: {},
  };
}
