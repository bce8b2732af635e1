import {
  concat,
  encodeBytes32String,
  getBytes,
  hexlify,
  id,
  keccak256,
  toBeHex,
  TypedDataEncoder,
  zeroPadValue,
} from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { RUNTIME_CODE } from "../../types/runtimeCode.js";
import { explainRefusal } from "./errors.js";
import type { Contracts } from "./contracts.js";
import { escrowDomain } from "./typedData.js";

/**
 * Refuses contracts that are not this package's: addresses may come from a stranger, and whoever has another escrow, or an
 * escrow of another registry, can keep all that is paid. It compares the code on the chain with that of this version, with
 * the registry and the domain at every place where the code has them.
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
  const codeOf = async (name: keyof typeof RUNTIME_CODE, address: string) => {
    const code = getBytes(await provider.getCode(address));
    if (hashOf(name, code) === RUNTIME_CODE[name].hash) return code;
    throw foreign(`The contract at ${address} is not the ${name} of this version of torch2circom`);
  };
  await codeOf("ModelRegistry", registryAt);
  const code = await codeOf("InferenceEscrow", escrowAt);
  // Each use of a constant of the constructor has a copy of its own in the code: what a getter says of one is not enough.
  const { domain, registry: pays } = constantsOf(code);
  if (pays.some((word) => word !== zeroPadValue(registryAt, 32).toLowerCase()))
    throw foreign(`The escrow at ${escrowAt} pays by another registry than ${registryAt}`);
  if (concat(domain.flat()) !== concat(domainWords(escrowAt, BigInt(domain[1][0]))))
    throw foreign(`The escrow at ${escrowAt} says that it is another`);
}

/** The hash of a code with zeros for its immutables. */
function hashOf(name: keyof typeof RUNTIME_CODE, code: Uint8Array): string {
  const bytes = Uint8Array.from(code);
  for (const start of RUNTIME_CODE[name].immutables.flat()) bytes.fill(0, start, start + 32);
  return keccak256(bytes);
}

/** The immutables of an escrow, each at all of its places: those of EIP712 first, as they are declared. */
function constantsOf(code: Uint8Array) {
  const words = RUNTIME_CODE.InferenceEscrow.immutables.map((places) =>
    places.map((start) => hexlify(code.slice(start, start + 32))),
  );
  return { domain: words.slice(0, -1), registry: words.at(-1)! };
}

/** The immutables of EIP712: an escrow that was made on a chain keeps them when the chain changes its id. */
function domainWords(escrow: string, chainId: bigint): string[] {
  const domain = escrowDomain({ chainId, escrow });
  return [
    TypedDataEncoder.hashDomain(domain),
    toBeHex(chainId, 32),
    zeroPadValue(escrow, 32),
    id(domain.name),
    id(domain.version),
    shortString(domain.name),
    shortString(domain.version),
  ];
}

/** As OpenZeppelin keeps a short text in a word: its bytes, and their number in the last one. */
function shortString(text: string): string {
  return toBeHex(BigInt(encodeBytes32String(text)) | BigInt(text.length), 32);
}

function foreign(problem: string): Torch2CircomError {
  return new Torch2CircomError(
    "CONTRACT_FOREIGN",
    problem,
    "Deploy it with this version (torch2circom:deploy), or use the addresses of planDeployment() only: nothing was sent.",
  );
}
