import { concat, getCreate2Address, id, keccak256, Transaction, type Provider, type Signer } from "ethers";
import type { Addresses } from "./contracts.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { InferenceEscrow__factory } from "../../types/ethers-contracts/factories/InferenceEscrow__factory.js";
import { ModelRegistry__factory } from "../../types/ethers-contracts/factories/ModelRegistry__factory.js";

/**
 * The deterministic deployment proxy (github.com/Arachnid/deterministic-deployment-proxy): called with `salt ‖ code`,
 * it makes the code's contract by CREATE2. It has no owner and no state, and is on most chains.
 */
export const FACTORY = "0x4e59b44847b379578588920cA78FbF26c0B4956C";

/**
 * Anyone can put the factory on a chain by this transaction: its signature was chosen, so that nobody has the key of
 * the account that it is from, and the factory's address is the same everywhere.
 */
const FACTORY_TRANSACTION = Transaction.from({
  type: 0,
  nonce: 0,
  gasPrice: 10n ** 11n,
  gasLimit: 100_000n,
  data: concat([
    "0x604580600e600039806000f350fe",
    "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0",
    "0x3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3",
  ]),
  signature: { r: `0x${"2".repeat(64)}`, s: `0x${"2".repeat(64)}`, v: 27 },
});

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
  const registry = planned(ModelRegistry__factory.bytecode);
  const args = InferenceEscrow__factory.createInterface().encodeDeploy([registry.address]);
  return { registry, escrow: planned(concat([InferenceEscrow__factory.bytecode, args])) };
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

/**
 * Deploys the registry and the escrow that pays for its models, where they are not yet. The addresses commit to the
 * code, so that it does not matter who deploys, and a run that was interrupted is just run again.
 *
 * @param signer pays for what is missing
 * @returns the addresses, and the transactions that were needed
 * @throws Torch2CircomError if the chain does not take the factory
 * @example
 * ```ts
 * import { deployContracts } from "torch2circom/client";
 *
 * const { deployment, transactions } = await deployContracts(signer);
 * console.log(deployment.escrow, transactions.escrow ?? "there already");
 * ```
 */
export async function deployContracts(
  signer: Signer,
): Promise<{ deployment: Deployment; transactions: DeploymentTransactions }> {
  const { registry, escrow } = planDeployment();
  await makeFactory(signer);
  const deployment = {
    registry: registry.address,
    escrow: escrow.address,
    factory: FACTORY,
    salt: SALT,
    codeHashes: { registry: registry.codeHash, escrow: escrow.codeHash },
  };
  const transactions = { registry: await make(registry, signer), escrow: await make(escrow, signer) };
  return { deployment, transactions };
}

async function make({ address, data }: PlannedContract, signer: Signer): Promise<string | undefined> {
  const provider = providerOf(signer);
  if (await hasCode(provider, address)) return undefined;
  try {
    const transaction = await signer.sendTransaction({ to: FACTORY, data });
    await transaction.wait();
    return transaction.hash;
  } catch (error) {
    // Somebody else, or a run before this one, may have been faster.
    if (await hasCode(provider, address)) return undefined;
    throw error;
  }
}

async function makeFactory(signer: Signer): Promise<void> {
  const provider = providerOf(signer);
  if (await hasCode(provider, FACTORY)) return;
  const { from: to, gasPrice, gasLimit, serialized } = FACTORY_TRANSACTION;
  const missing = gasPrice! * gasLimit - (await provider.getBalance(to!));
  if (missing > 0n) await (await signer.sendTransaction({ to, value: missing })).wait();
  try {
    await (await provider.broadcastTransaction(serialized)).wait();
  } catch (error) {
    if (await hasCode(provider, FACTORY)) return;
    throw new Torch2CircomError(
      "CHAIN_UNSUPPORTED",
      `The chain has no factory at ${FACTORY}, and does not take the transaction that would make it`,
      "Ask the chain's operators for the deterministic deployment proxy, or deploy by Ignition " +
        "(torch2circom/ignition), at addresses of this chain's own.",
      error as Error,
    );
  }
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
