import {
  AbiCoder,
  concat,
  dataSlice,
  getCreate2Address,
  id,
  isError,
  keccak256,
  type Provider,
  type Signer,
} from "ethers";
import type { Addresses } from "./contracts.js";
import { explainRefusal } from "./errors.js";
import { FACTORY, makeFactory } from "./factory.js";
import { probeChain } from "./probe.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { CREATION_CODE } from "../../types/creationCode.js";

/** Salt of the contracts' addresses. */
export const SALT = id("torch2circom contracts, version 1");

/** A contract whose address follows from its creation code, constructor's arguments included. */
export interface PlannedContract {
  readonly address: string;
  readonly codeHash: string;
  /** What the factory is called with. */
  readonly data: string;
}

/**
 * Where the registry and its escrow are, or would be, on every chain.
 *
 * @example
 * ```ts
 * import { planDeployment } from "torch2circom/client";
 *
 * console.log(planDeployment().escrow.address);
 * ```
 */
export function planDeployment(): { registry: PlannedContract; escrow: PlannedContract } {
  const registry = planned(CREATION_CODE.ModelRegistry);
  const args = AbiCoder.defaultAbiCoder().encode(["address"], [registry.address]);
  return { registry, escrow: planned(concat([CREATION_CODE.InferenceEscrow, args])) };
}

function planned(code: string): PlannedContract {
  const codeHash = keccak256(code);
  return { address: getCreate2Address(FACTORY, SALT, codeHash), codeHash, data: concat([SALT, code]) };
}

/** Where the contracts are on a chain, and why there: enough to check the addresses. */
export interface Deployment extends Addresses {
  readonly factory: string;
  readonly salt: string;
  /** keccak256 of the creation codes, constructor's arguments included. */
  readonly codeHashes: Addresses;
}

/** Hashes of the transactions that a run needed; undefined for what was there already. */
export type DeploymentTransactions = { readonly [contract in keyof Addresses]?: string };

export interface DeployOptions {
  /** Whether to pay for the factory where a chain has none: up to 0.01 of the native token. @default false */
  readonly fundFactory?: boolean;
}

/**
 * Deploys the registry and the escrow that pays for its models, where they are not yet. The addresses commit to the
 * code, so that it does not matter who deploys, and a run that was interrupted is just run again. Before it sends
 * anything, it asks the chain for all that the contracts need.
 *
 * @param signer pays for what is missing
 * @param options whether to pay for the factory, too
 * @returns the addresses, and the transactions that were needed
 * @throws Torch2CircomError if the chain lacks something, does not take the factory, or has none and nobody pays for it
 * @example
 * ```ts
 * import { deployContracts } from "torch2circom/client";
 *
 * const { deployment, transactions } = await deployContracts(signer, { fundFactory: true });
 * console.log(deployment.escrow, transactions.escrow ?? "there already");
 * ```
 */
export async function deployContracts(
  signer: Signer,
  { fundFactory = false }: DeployOptions = {},
): Promise<{ deployment: Deployment; transactions: DeploymentTransactions }> {
  return explainRefusal(() => deploy(signer, fundFactory));
}

async function deploy(signer: Signer, fundFactory: boolean) {
  const provider = providerOf(signer);
  const { registry, escrow } = planDeployment();
  const deployment: Deployment = {
    registry: registry.address,
    escrow: escrow.address,
    factory: FACTORY,
    salt: SALT,
    codeHashes: { registry: registry.codeHash, escrow: escrow.codeHash },
  };
  if ((await hasCode(provider, registry.address)) && (await hasCode(provider, escrow.address)))
    return { deployment, transactions: {} };
  await requireFeatures(provider);
  await makeFactory(signer, provider, fundFactory);
  const transactions = {
    registry: await make("registry", registry, signer, provider),
    escrow: await make("escrow", escrow, signer, provider),
  };
  return { deployment, transactions };
}

async function requireFeatures(provider: Provider): Promise<void> {
  const missing = (await probeChain(provider)) ?? [];
  if (missing.length === 0) return;
  throw new Torch2CircomError(
    "CHAIN_UNSUPPORTED",
    `The chain lacks ${missing.join(", ")}`,
    "Choose a chain with Ethereum's Cancun upgrade and the precompiled contracts of BN254. Nothing was sent.",
  );
}

async function make(
  what: string,
  { address, data }: PlannedContract,
  signer: Signer,
  provider: Provider,
): Promise<string | undefined> {
  if (await hasCode(provider, address)) return undefined;
  try {
    const transaction = await signer.sendTransaction({ to: FACTORY, data });
    await transaction.wait();
    return transaction.hash;
  } catch (error) {
    // Somebody else, or a run before this one, may have been faster.
    if (await hasCode(provider, address)) return undefined;
    // The factory keeps a constructor's reason to itself: ask for it without the factory.
    await provider.call({ data: dataSlice(data, 32) });
    if (!isRevert(error)) throw error;
    throw new Torch2CircomError(
      "CHAIN_UNSUPPORTED",
      `The chain does not make the ${what}, and gives no reason`,
      "It may limit code or gas further than Ethereum does. Choose another chain.",
      error as Error,
    );
  }
}

function isRevert(error: unknown): boolean {
  return isError(error, "CALL_EXCEPTION") || /revert/i.test((error as Error).message);
}

async function hasCode(provider: Provider, address: string): Promise<boolean> {
  return (await provider.getCode(address)) !== "0x";
}

function providerOf({ provider }: Signer): Provider {
  if (provider !== null) return provider;
  throw new Torch2CircomError(
    "NETWORK_UNREACHABLE",
    "The account has no connection to a chain",
    "Connect the signer to a provider.",
  );
}
