import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAddress } from "ethers";
import type { Connection, Project } from "../project.js";
import { z } from "zod";
import { writeWhole } from "../../artifacts/writeFile.js";
import { contractsAt, type Addresses, type Contracts } from "../../client/contracts.js";
import type { Deployment } from "../../client/deploy.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { connect, reach, requireValidKeys, type AccountChoice, type Chain, type Network } from "./chain.js";

const address = z.string().refine(isAddress);
// Beside the addresses there is what they follow from.
const deployments = z.record(z.object({ registry: address, escrow: address }).passthrough());

/** Addresses on chains that vanish with the process, which each connection has for itself. */
const inProcess = new WeakMap<Connection, Addresses>();

/** The account's chain, and the contracts that are deployed there. @throws Torch2CircomError where nothing is */
export async function connectToContracts(
  project: Project,
  account?: AccountChoice,
): Promise<{ chain: Chain; contracts: Contracts }> {
  const chain = await connect(project, account);
  return { chain, contracts: await contractsOn(project, chain) };
}

/** The contracts of a chain. @throws Torch2CircomError where none are known, or there is no code */
export async function contractsOn(project: Project, chain: Chain): Promise<Contracts> {
  return contractsAt(await addressesOn(project, chain), chain.signer);
}

/** The same without an account: for those who only read. */
export async function contractsToRead(project: Project): Promise<{ chain: Network; contracts: Contracts }> {
  const chain = await reach(project);
  const { provider } = chain.connection.ethers;
  await requireValidKeys(chain);
  const contracts = await contractsAt(await addressesOn(project, chain), provider);
  return { chain, contracts };
}

async function addressesOn(project: Project, chain: Network): Promise<Addresses> {
  const addresses = chain.isInProcess
    ? inProcess.get(chain.connection)
    : (await read(fileOf(project)))[chain.id.toString()];
  if (addresses === undefined) {
    throw new Torch2CircomError(
      "NOT_DEPLOYED",
      `No registry and escrow are known on chain ${chain.id}, the network "${chain.network}"`,
      chain.isInProcess
        ? "This chain is inside the process and ends with it: choose another with --network <name>. For a local one run npx hardhat node --hostname 127.0.0.1 in another terminal, then npx hardhat torch2circom:deploy --network localhost."
        : `Deploy them first: npx hardhat torch2circom:deploy --network ${chain.network}`,
    );
  }
  return addresses;
}

/** Keeps the addresses of a chain. @returns their file, undefined for a chain that vanishes with the process */
export async function saveDeployment(
  project: Project,
  chain: Chain,
  deployment: Deployment,
): Promise<string | undefined> {
  if (chain.isInProcess) {
    inProcess.set(chain.connection, deployment);
    return undefined;
  }
  const path = fileOf(project);
  const all = { ...(await read(path)), [chain.id.toString()]: deployment };
  await writeWhole(path, `${JSON.stringify(all, null, 2)}\n`);
  return path;
}

function fileOf({ config }: Project): string {
  return join(config.torch2circom.outDir, "deployments.json");
}

async function read(path: string): Promise<Record<string, Addresses>> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  try {
    return deployments.parse(JSON.parse(text));
  } catch (error) {
    throw new Torch2CircomError(
      "FILE_DAMAGED",
      `${path} is damaged`,
      "Mend or delete it, and deploy again.",
      error as Error,
    );
  }
}
