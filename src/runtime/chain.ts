import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAddress, type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import "@nomicfoundation/hardhat-ethers";
import { z } from "zod";
import { writeWhole } from "../artifacts/writeFile.js";
import { contractsAt, type Addresses, type Contracts } from "../client/contracts.js";
import type { Deployment } from "../client/deploy.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/** A chain and one of its accounts. */
export interface Chain {
  readonly id: bigint;
  /** Whether it is a chain for development: in this process, or a node on this machine. */
  readonly isLocal: boolean;
  /** Whether it vanishes with this process. */
  readonly isInProcess: boolean;
  readonly signer: Signer;
}

/** Chain ids of Hardhat's, Anvil's and Ganache's own nodes. */
const LOCAL_CHAIN_IDS = [31337n, 1337n];

/**
 * Connects to the network of `--network`, or the default one. In one process, it is the same connection each time.
 * @param account number of the account in the network's configuration
 */
export async function connect(hre: HardhatRuntimeEnvironment, account = 0): Promise<Chain> {
  const { ethers, networkConfig, networkName } = await hre.network.getOrCreate();
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
      `The network "${networkName}" has ${signers.length} accounts, none with number ${account}`,
      "Configure accounts for the network (configVariable and `hardhat keystore set`), or choose another number.",
    );
  }
  const isInProcess = networkConfig.type === "edr-simulated";
  return { id, isLocal: isInProcess || LOCAL_CHAIN_IDS.includes(id), isInProcess, signer: signers[account] };
}

const address = z.string().refine(isAddress);
// Beside the addresses there is what they follow from.
const deployments = z.record(z.object({ registry: address, escrow: address }).passthrough());

/** Addresses by chain: in a file, or in memory for a chain that vanishes with the process. */
export class Deployments {
  private readonly inProcess = new Map<bigint, Addresses>();
  private readonly path: string;

  constructor(outDir: string) {
    this.path = join(outDir, "deployments.json");
  }

  /** @returns the file, undefined for a chain that vanishes with the process */
  async save(chain: Chain, deployment: Deployment): Promise<string | undefined> {
    this.inProcess.set(chain.id, deployment);
    if (chain.isInProcess) return undefined;
    const all = { ...(await this.read()), [chain.id.toString()]: deployment };
    await writeWhole(this.path, `${JSON.stringify(all, null, 2)}\n`);
    return this.path;
  }

  /** @throws Torch2CircomError where nothing is deployed */
  async contracts(chain: Chain): Promise<Contracts> {
    const addresses = this.inProcess.get(chain.id) ?? (await this.read())[chain.id.toString()];
    if (addresses === undefined || (chain.isInProcess && !this.inProcess.has(chain.id))) {
      throw new Torch2CircomError(
        "NOT_DEPLOYED",
        `No registry and escrow are known on chain ${chain.id}`,
        "Deploy them first: npx hardhat torch2circom:deploy --network <name>",
      );
    }
    return contractsAt(addresses, chain.signer);
  }

  private async read(): Promise<Record<string, Addresses>> {
    const text = await readFile(this.path, "utf8").catch(() => "{}");
    try {
      return deployments.parse(JSON.parse(text)) as Record<string, Addresses>;
    } catch (error) {
      throw new Torch2CircomError(
        "FILE_DAMAGED",
        `${this.path} is damaged`,
        "Mend or delete it, and deploy again.",
        error as Error,
      );
    }
  }
}
