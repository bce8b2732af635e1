import { BrowserProvider, type Eip1193Provider, type Provider, type Signer } from "ethers";
import type { Contracts } from "../../client/contracts.js";
import { explainNetwork } from "../../errors/networkErrors.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { eitherOf, ofChain } from "../../service/nodes/eitherOf.js";
import type { Chain } from "../payments/chain.js";
import type { Project } from "../project.js";

/** A chain and its contracts. */
interface Connected {
  readonly chain: Chain;
  readonly contracts: Contracts;
}

/**
 * A chain whose account and contracts ask a second node where the first does not answer.
 *
 * @param network name of the second node's, in the configuration; undefined for none
 * @returns with the nodes, each by itself
 * @throws Torch2CircomError where it is of another chain. One that does not answer now may do so later
 */
export async function withFallback(
  project: Project,
  { chain, contracts }: Connected,
  network: string | undefined,
): Promise<Connected & { readonly nodes: readonly Provider[] }> {
  const first = chain.signer.provider!;
  if (network === undefined) return { chain, contracts, nodes: [first] };
  const connection = await project.connection(network).catch((error: unknown) => {
    throw explainNetwork(error, network);
  });
  const second = ofChain(connection.provider, chain.id, network);
  await second.request({ method: "eth_chainId", params: [] }).catch((error: unknown) => {
    if (error instanceof Torch2CircomError) throw error;
  });
  const signer = connected(chain.signer, providerOf(eitherOf(chain.connection.provider, second), chain));
  return {
    chain: { ...chain, signer },
    contracts: { registry: contracts.registry.connect(signer), escrow: contracts.escrow.connect(signer) },
    nodes: [first, providerOf(second, chain)],
  };
}

/** What ethers asks through, which keeps no answers and knows the chain. */
function providerOf(node: Eip1193Provider, { id }: Chain): Provider {
  return new BrowserProvider(node, id, { staticNetwork: true, cacheTimeout: -1 });
}

function connected(signer: Signer, provider: Provider): Signer {
  try {
    return signer.connect(provider);
  } catch (error) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "The account's key is in the first node, and a second one cannot sign with it",
      "Leave --fallback out, or put the account's key into the configuration.",
      error as Error,
    );
  }
}
