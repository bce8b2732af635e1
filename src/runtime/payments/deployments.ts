import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { z } from "zod";
import { writeWhole } from "../../artifacts/writeFile.js";
import { contractsAt, type Addresses, type Contracts } from "../../client/contracts.js";
import type { Deployment } from "../../client/deploy.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

import { connect, type Chain } from "./chain.js";

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
        `No registry and escrow are known on chain ${chain.id}, the network "${chain.network}"`,
        chain.isInProcess
          ? "This chain is inside the process and ends with it: choose another with --network <name>. For a local one run npx hardhat node --hostname 127.0.0.1 in another terminal, then npx hardhat torch2circom:deploy --network localhost."
          : `Deploy them first: npx hardhat torch2circom:deploy --network ${chain.network}`,
      );
    }
    return contractsAt(addresses, chain.signer);
  }

  private async read(): Promise<Record<string, Addresses>> {
    const text = await readFile(this.path, "utf8").catch(() => "{}");
    try {
      return deployments.parse(JSON.parse(text));
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

const deploymentsOf = new WeakMap<HardhatRuntimeEnvironment, Deployments>();

/** The account's chain, and the contracts that are deployed there. */
export async function connectToContracts(
  hre: HardhatRuntimeEnvironment,
  account?: number,
): Promise<{ chain: Chain; contracts: Contracts }> {
  const chain = await connect(hre, account);
  return { chain, contracts: await knownDeployments(hre).contracts(chain) };
}

/** The deployments that a runtime environment knows: of chains in its process too. */
export function knownDeployments(hre: HardhatRuntimeEnvironment): Deployments {
  let known = deploymentsOf.get(hre);
  if (known === undefined) deploymentsOf.set(hre, (known = new Deployments(hre.config.torch2circom.outDir)));
  return known;
}
