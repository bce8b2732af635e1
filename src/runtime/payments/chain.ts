import { type Signer } from "ethers";
import type { Connection, Project } from "../project.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** A chain and one of its accounts. */
export interface Chain {
  readonly id: bigint;
  /** The network's name in the configuration. */
  readonly network: string;
  /** Whether it is a chain for development: in this process, or a node on this machine. */
  readonly isLocal: boolean;
  /** Whether it vanishes with this process. */
  readonly isInProcess: boolean;
  readonly signer: Signer;
  readonly connection: Connection;
}

/** Chain ids of Hardhat's, Anvil's and Ganache's own nodes. */
const LOCAL_CHAIN_IDS = [31337n, 1337n];

/** @param account number of the account in the network's configuration */
export async function connect(project: Project, account = 0): Promise<Chain> {
  const connection = await project.connection();
  const { ethers, networkConfig, networkName } = connection;
  const { chainId: id } = await ethers.provider.getNetwork().catch((cause: Error) => {
    throw new Torch2CircomError(
      "NETWORK_UNREACHABLE",
      `The network "${networkName}" does not answer`,
      networkName === "localhost"
        ? "Start a node in another terminal: npx hardhat node --hostname 127.0.0.1"
        : "Check its url in the configuration, and your connection.",
      cause,
    );
  });
  const signers = await ethers.getSigners();
  if (signers[account] === undefined) {
    throw new Torch2CircomError(
      "ACCOUNT_MISSING",
      signers.length === 0
        ? `The network "${networkName}" has no accounts`
        : `The network "${networkName}" has ${signers.length} accounts, none with number ${account}`,
      "Configure accounts for the network (configVariable and `hardhat keystore set`), or choose another number.",
    );
  }
  const isInProcess = networkConfig.type === "edr-simulated";
  return {
    id,
    network: networkName,
    isLocal: isInProcess || LOCAL_CHAIN_IDS.includes(id),
    isInProcess,
    signer: signers[account],
    connection,
  };
}
