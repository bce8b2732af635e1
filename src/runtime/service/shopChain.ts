import type { Eip1193Provider, Provider, Signer } from "ethers";
import type { Contracts } from "../../client/contracts.js";
import { explainNetwork } from "../../errors/networkErrors.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { eitherOf, ofChain } from "../../service/nodes/eitherOf.js";
import { NodesProvider } from "../../service/nodes/nodesProvider.js";
import { reach, signerOf, type AccountChoice, type Chain } from "../payments/chain.js";
import { contractsOn } from "../payments/deployments.js";
import type { Connection, Project } from "../project.js";

/** Where a service sells. */
export interface ShopChain {
  /** Its account asks the second node where the first does not answer. */
  readonly chain: Chain;
  readonly contracts: Contracts;
  /** The nodes, each by itself. */
  readonly nodes: readonly Provider[];
}

/**
 * Connects to a chain through two nodes, of which one may be away.
 *
 * @param account that sells
 * @param fallback name of the second node's network in the configuration; undefined for none
 * @throws Torch2CircomError NETWORK_UNREACHABLE where none answers now; where they are of different chains, or there are no
 *   contracts, by other codes
 */
export async function connectToSell(
  project: Project,
  account: AccountChoice,
  fallback: string | undefined,
): Promise<ShopChain> {
  const second = fallback === undefined ? undefined : (await connectionTo(project, fallback)).provider;
  const network = await reach(project, ({ provider }) => idOf(oneOf(provider, second)));
  if (network.isInProcess)
    throw new Torch2CircomError(
      "CHAIN_UNSUPPORTED",
      "The service cannot sell on a chain inside this process, which no client reaches",
      "Choose a network: --network <name>.",
    );
  const { id } = network;
  const first = ofChain(network.connection.provider, id, network.network);
  const other = second && ofChain(second, id, fallback!);
  // One that does not answer now may do so later, and is asked then.
  await other?.request({ method: "eth_chainId", params: [] }).catch((error: unknown) => {
    if (error instanceof Torch2CircomError) throw error;
  });
  const own = await signerOf(network, account);
  const signer = connected(own, new NodesProvider(oneOf(first, other), id), fallback);
  const chain = { ...network, signer };
  const nodes = [first, ...(other === undefined ? [] : [other])].map((node) => new NodesProvider(node, id));
  return { chain, contracts: await contractsOn(project, chain), nodes };
}

async function connectionTo(project: Project, network: string): Promise<Connection> {
  return project.connection(network).catch((error: unknown) => {
    throw explainNetwork(error, network);
  });
}

function oneOf(first: Eip1193Provider, second: Eip1193Provider | undefined): Eip1193Provider {
  return second === undefined ? first : eitherOf(first, second);
}

async function idOf(node: Eip1193Provider): Promise<bigint> {
  return BigInt((await node.request({ method: "eth_chainId", params: [] })) as string);
}

/** An account whose key is in its node stays with it. */
function connected(signer: Signer, provider: Provider, fallback: string | undefined): Signer {
  try {
    return signer.connect(provider);
  } catch (error) {
    if (fallback === undefined) return signer;
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "The account's key is in the first node, and a second one cannot sign with it",
      "Leave --fallback out, or put the account's key into the configuration.",
      error as Error,
    );
  }
}
