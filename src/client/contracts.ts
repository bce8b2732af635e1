import { Contract, isAddress, type ContractRunner, type Provider } from "ethers";
import { explainRefusal } from "./errors.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { inferenceEscrowAbi, modelRegistryAbi } from "../../types/abi.js";
import type { InferenceEscrow } from "../../types/ethers-contracts/InferenceEscrow.js";
import type { ModelRegistry } from "../../types/ethers-contracts/ModelRegistry.js";

export interface Addresses {
  readonly registry: string;
  readonly escrow: string;
}

export interface Contracts {
  readonly registry: ModelRegistry;
  readonly escrow: InferenceEscrow;
}

/**
 * The registry and the escrow as typed ethers contracts.
 *
 * @param addresses of both; see {@link planDeployment} for those that are the same on every chain
 * @param runner a signer, or a provider to read only
 * @throws Torch2CircomError where there is no contract at an address: another chain, or a node that was restarted
 * @example
 * ```ts
 * import { contractsAt, planDeployment } from "torch2circom/client";
 *
 * const { registry, escrow } = planDeployment();
 * const contracts = await contractsAt({ registry: registry.address, escrow: escrow.address }, signer);
 * console.log(await contracts.escrow.MAX_LOCK());
 * ```
 */
export async function contractsAt(
  { registry, escrow }: Addresses,
  runner: ContractRunner & { readonly provider: Provider | null },
): Promise<Contracts> {
  for (const [name, address] of Object.entries({ registry, escrow })) {
    if (!isAddress(address)) {
      throw new Torch2CircomError(
        "INVALID_ARGUMENT",
        `The ${name}'s address ${String(address).slice(0, 100)} is not an address`,
        "Give 0x and 40 hex digits.",
      );
    }
    if ((await explainRefusal(async () => runner.provider?.getCode(address))) === "0x") {
      throw new Torch2CircomError(
        "NOT_DEPLOYED",
        `There is no ${name} at ${address} on this chain`,
        "Deploy first (torch2circom:deploy), or give the addresses of this chain.",
      );
    }
  }
  return {
    // Not by TypeChain's factories, which carry the code to deploy.
    registry: new Contract(registry, modelRegistryAbi, runner) as unknown as ModelRegistry,
    escrow: new Contract(escrow, inferenceEscrowAbi, runner) as unknown as InferenceEscrow,
  };
}
