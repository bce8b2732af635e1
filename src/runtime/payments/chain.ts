import { type Signer } from "ethers";
import type { Connection, Project } from "../project.js";
import { isLocalChain } from "../../client/safeKey.js";
import { accountOf, configuredAccount } from "./account.js";
import { explainNetwork, unreachable } from "../../errors/networkErrors.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** A chain, to read from. */
export interface Network {
  readonly id: bigint;
  /** The network's name in the configuration. */
  readonly network: string;
  /** Whether it is a chain for development: in this process, or a node on this machine. */
  readonly isLocal: boolean;
  /** Whether it vanishes with this process. */
  readonly isInProcess: boolean;
  readonly connection: Connection;
}

/** A chain and one of its accounts. */
export interface Chain extends Network {
  readonly signer: Signer;
}

/** JSON-RPC's code of a method that a node does not have. */
const METHOD_NOT_FOUND = -32601;

/**
 * The project's chain, without an account: some who read have none.
 *
 * @param idOf asks for the chain's id. @default the connection's node does
 */
export async function reach(
  project: Project,
  idOf: (connection: Connection) => Promise<bigint> = askedItself,
): Promise<Network> {
  const connection = await project.connection().catch((error: unknown) => {
    throw explainNetwork(error);
  });
  const { networkConfig, networkName } = connection;
  const id = await idOf(connection).catch((error: Error) => {
    const explained = explainNetwork(error, networkName);
    if (explained !== error) throw explained;
    throw refusesKey(error)
      ? invalidKey(networkName)
      : new Torch2CircomError(...unreachable(networkName), error);
  });
  const isInProcess = networkConfig.type === "edr-simulated";
  const isLocal = isInProcess || isLocalChain(id);
  return { id, network: networkName, isLocal, isInProcess, connection };
}

async function askedItself({ ethers }: Connection): Promise<bigint> {
  return (await ethers.provider.getNetwork()).chainId;
}

/** Which account: its number in the network's configuration, its address, or what opens one whose key is elsewhere. */
export type AccountChoice = number | string | ((chain: Network) => Promise<Signer>);

/** @param account whose transactions are signed */
export async function connect(project: Project, account: AccountChoice = 0): Promise<Chain> {
  const chain = await reach(project);
  return { ...chain, signer: await signerOf(chain, account) };
}

/**
 * An account of a chain. Where its key is in the configuration, no node is asked.
 *
 * @throws Torch2CircomError where there is no such account
 */
export async function signerOf(chain: Network, account: AccountChoice): Promise<Signer> {
  if (typeof account === "function") return account(chain);
  const own = await configuredAccount(chain.connection, account).catch((error: Error) => {
    const explained = explainNetwork(error, chain.network);
    // What is left fails at the key, in words that may show it.
    throw explained === error ? invalidKey(chain.network) : explained;
  });
  if (own !== undefined) return own;
  const { ethers, networkName } = chain.connection;
  const signers = await ethers.getSigners().catch((error: Error & { code?: unknown }) => {
    if (refusesKey(error)) throw invalidKey(networkName);
    // A node that keeps no accounts may not even have the method.
    if (error.code === METHOD_NOT_FOUND) return [];
    throw explainNetwork(error, networkName);
  });
  const signer = signers.find(({ address }, i) => account === i || account === address);
  if (signer === undefined) {
    throw new Torch2CircomError(
      "ACCOUNT_MISSING",
      signers.length === 0
        ? `The network "${networkName}" has no accounts`
        : `The network "${networkName}" has ${signers.length} accounts, none ${typeof account === "string" ? account : `with number ${account}`}`,
      "Configure accounts for the network (configVariable and `hardhat keystore set`), or choose another number.",
    );
  }
  return accountOf(chain.connection, signer);
}

/**
 * Refuses a malformed key of those who only read, too: Hardhat looks at keys when it handles some of the requests, and
 * says what is wrong in words that may show the key.
 */
export async function requireValidKeys({ connection, network }: Network): Promise<void> {
  await connection.ethers.getSigners().catch((error: Error) => {
    if (refusesKey(error)) throw invalidKey(network);
    // A node may keep no accounts: none is needed.
  });
}

/** Whether an account of the configuration is not a private key: Hardhat and its library say so in several ways. */
function refusesKey({ message }: Error): boolean {
  return /private key|invalid hex string/i.test(message);
}

/** The cause is left out: it may hold the key. */
function invalidKey(network: string): Torch2CircomError {
  return new Torch2CircomError(
    "INVALID_ARGUMENT",
    `An account of the network "${network}" is not a valid private key`,
    "A private key is 0x and 64 hex digits. Set it again: npx hardhat keystore set <variable> --force, or in the environment.",
  );
}
