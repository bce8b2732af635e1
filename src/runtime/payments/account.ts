import {
  AbstractSigner,
  HDNodeWallet,
  toQuantity,
  Wallet,
  type BigNumberish,
  type Provider,
  type Signer,
  type TransactionLike,
  type TransactionRequest,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
import type { HardhatEthersProvider, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { HttpNetworkConfig } from "hardhat/types/config";
import type { Connection } from "../project.js";

/**
 * An account of a network. Hardhat's own signer waits for ever for a transaction that it has sent, and does not tell its
 * hash before. So accounts whose keys are here sign before they send; those of a node tell the hash at once.
 */
export async function accountOf(
  { networkConfig, ethers }: Connection,
  signer: HardhatEthersSigner,
): Promise<Signer> {
  if (networkConfig.type !== "http") return signer;
  const key = (await privateKeys(networkConfig)).find((one) => new Wallet(one).address === signer.address);
  return key === undefined
    ? new NodeAccount(signer, ethers.provider)
    : new ConfiguredWallet(key, ethers.provider, networkConfig);
}

/**
 * An account whose key is in the configuration: no node is asked.
 *
 * @param account its number there, or its address
 * @returns undefined where its key is elsewhere
 */
export async function configuredAccount(
  { networkConfig, ethers }: Connection,
  account: number | string,
): Promise<Signer | undefined> {
  if (networkConfig.type !== "http") return undefined;
  const keys = await privateKeys(networkConfig);
  const key = keys.find((one, i) => account === i || account === new Wallet(one).address);
  return key === undefined ? undefined : new ConfiguredWallet(key, ethers.provider, networkConfig);
}

/** The keys in the configuration, as Hardhat derives them. */
async function privateKeys({ accounts }: HttpNetworkConfig): Promise<string[]> {
  if (accounts === "remote") return [];
  if (Array.isArray(accounts)) return Promise.all(accounts.map((account) => account.get()));
  const { mnemonic, passphrase, path, initialIndex, count } = accounts;
  const root = HDNodeWallet.fromPhrase(await mnemonic.get(), await passphrase.get(), path);
  return Array.from({ length: count }, (_, i) => root.deriveChild(initialIndex + i).privateKey);
}

/** A key of the configuration, with the network's settings of gas. */
class ConfiguredWallet extends Wallet {
  constructor(
    key: string,
    provider: Provider,
    private readonly settings: HttpNetworkConfig,
  ) {
    super(key, provider);
  }

  override async populateTransaction(request: TransactionRequest): Promise<TransactionLike<string>> {
    const { gas, gasPrice, gasMultiplier } = this.settings;
    const hasFee = isGiven(request.gasPrice) || isGiven(request.maxFeePerGas);
    const whole = await super.populateTransaction({
      ...request,
      ...(gas !== "auto" && { gasLimit: gas }),
      ...(gasPrice !== "auto" && !hasFee && { gasPrice }),
    });
    if (gas !== "auto" || gasMultiplier === 1) return whole;
    const gasLimit = BigInt(Math.floor(Number(whole.gasLimit) * gasMultiplier));
    return { ...whole, gasLimit };
  }
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

/** An account whose key a node has. */
class NodeAccount extends AbstractSigner<HardhatEthersProvider> {
  constructor(
    private readonly signer: HardhatEthersSigner,
    provider: HardhatEthersProvider,
  ) {
    super(provider);
  }

  getAddress(): Promise<string> {
    return this.signer.getAddress();
  }

  connect(): never {
    throw new TypeError("An account of a node stays with its node");
  }

  /** Its hash, as soon as the node has it. */
  async sendUncheckedTransaction(request: TransactionRequest): Promise<string> {
    const { from, to, data, value, gasLimit, nonce, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
    const numbers = { value, gas: gasLimit, nonce, gasPrice, maxFeePerGas, maxPriorityFeePerGas };
    const quantities = Object.entries(numbers)
      .filter((entry): entry is [string, BigNumberish] => isGiven(entry[1]))
      .map(([name, number]) => [name, toQuantity(number)]);
    const transaction = { from, to, data, ...(Object.fromEntries(quantities) as object) };
    return (await this.provider.send("eth_sendTransaction", [transaction])) as string;
  }

  override sendTransaction(request: TransactionRequest): ReturnType<HardhatEthersSigner["sendTransaction"]> {
    return this.signer.sendTransaction(request);
  }

  signTransaction(request: TransactionRequest): Promise<string> {
    return this.signer.signTransaction(request);
  }

  signMessage(message: string | Uint8Array): Promise<string> {
    return this.signer.signMessage(message);
  }

  signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    return this.signer.signTypedData(domain, types, value);
  }
}
