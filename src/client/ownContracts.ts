import { hexlify, getBytes, keccak256, ZeroHash } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { RUNTIME_CODE } from "../../types/runtimeCode.js";
import { jobDigestOf } from "./binding.js";
import { explainRefusal } from "./errors.js";
import type { Contracts } from "./contracts.js";

/**
 * Refuses contracts that are not this package's: addresses may come from a stranger, and whoever has another escrow, or an
 * escrow of another registry, can keep all that is paid. It compares the code on the chain with that of this version, and
 * asks the escrow for its registry and its domain.
 *
 * @param contracts see {@link contractsAt}
 * @throws Torch2CircomError for another code, another version of the contracts, or another registry
 * @example
 * ```ts
 * import { contractsAt, planDeployment, requireOwnContracts } from "torch2circom/client";
 *
 * const { registry, escrow } = planDeployment();
 * const found = await contractsAt({ registry: registry.address, escrow: escrow.address }, signer);
 * await requireOwnContracts(found);
 * ```
 */
export async function requireOwnContracts(contracts: Contracts): Promise<void> {
  return explainRefusal(() => compare(contracts));
}

async function compare({ registry, escrow }: Contracts): Promise<void> {
  const provider = escrow.runner!.provider!;
  const [registryAt, escrowAt] = [await registry.getAddress(), await escrow.getAddress()];
  for (const [name, address] of [
    ["ModelRegistry", registryAt],
    ["InferenceEscrow", escrowAt],
  ] as const) {
    if (hashOf(name, await provider.getCode(address)) !== RUNTIME_CODE[name].hash)
      throw foreign(`The contract at ${address} is not the ${name} of this version of torch2circom`);
  }
  if ((await escrow.registry()) !== registryAt)
    throw foreign(`The escrow at ${escrowAt} pays by another registry than ${registryAt}`);
  // The constants in its code are its constructor's: a forged one could sign for another escrow.
  const { chainId } = await provider.getNetwork();
  if ((await escrow.jobDigest(ZeroHash)) !== jobDigestOf(ZeroHash, { chainId, escrow: escrowAt }))
    throw foreign(`The escrow at ${escrowAt} says that it is another`);
}

/** The hash of a code with zeros for its immutables. */
function hashOf(name: keyof typeof RUNTIME_CODE, code: string): string {
  const bytes = getBytes(code);
  for (const [start, length] of RUNTIME_CODE[name].immutables) bytes.fill(0, start, start + length);
  return keccak256(hexlify(bytes));
}

function foreign(problem: string): Torch2CircomError {
  return new Torch2CircomError(
    "CONTRACT_FOREIGN",
    problem,
    "Deploy it with this version (torch2circom:deploy), or use the addresses of planDeployment() only: nothing was sent.",
  );
}
