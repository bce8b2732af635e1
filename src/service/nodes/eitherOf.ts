import type { Eip1193Provider } from "ethers";
import { isAnswerOfNode } from "../../client/nodeErrors.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { within } from "./within.js";

/** How a contract's refusal is told: another node would say the same. */
const REVERTED = /revert|invalid opcode|bad jump destination|stack (under|over)flow/i;
const REVERTED_CODE = 3;

/** Milliseconds that a node is not asked first after it did not answer. */
const AVOIDED = 30_000;

/**
 * Two nodes as one: the second is asked where the first does not answer, answers late, or refuses. What a contract refuses, and
 * what a node says to a transaction, is an answer.
 *
 * ethers' FallbackProvider is not used: with a quorum of one, an error of the first is its answer, and a node that was away once
 * is never asked again.
 *
 * @param first is asked as long as it answers
 * @param second of the same chain, see {@link ofChain}
 * @param patience milliseconds for an answer of each
 */
export function eitherOf(first: Eip1193Provider, second: Eip1193Provider, patience = 5000): Eip1193Provider {
  let avoidedUntil = 0;
  return {
    request: async (call) => {
      const isAvoided = performance.now() < avoidedUntil;
      const [one, other] = isAvoided ? [second, first] : [first, second];
      try {
        return (await within(patience, () => one.request(call))) as unknown;
      } catch (error) {
        if (isWord(call.method, error)) throw error;
        if (!isAvoided && !isAnswerOfNode(error)) avoidedUntil = performance.now() + AVOIDED;
        return within(patience, () => other.request(call)).catch((failure: unknown) => {
          throw isWord(call.method, failure) ? failure : error;
        }) as unknown;
      }
    },
  };
}

/**
 * A node that is asked for nothing before it has said that it is one of a chain.
 *
 * @param id of the chain
 * @param name of the network, for what is said
 * @throws Torch2CircomError at the first call, where it is a node of another chain
 */
export function ofChain(node: Eip1193Provider, id: bigint, name: string): Eip1193Provider {
  let isChecked = false;
  return {
    request: async (call) => {
      if (!isChecked) {
        const found = BigInt((await node.request({ method: "eth_chainId", params: [] })) as string);
        if (found !== id)
          throw new Torch2CircomError(
            "INVALID_ARGUMENT",
            `The network "${name}" is of chain ${found}, and the service sells on chain ${id}`,
            "Choose networks of one chain with --network and --fallback.",
          );
        isChecked = true;
      }
      return (await node.request(call)) as unknown;
    },
  };
}

/** Whether an error is what the chain has to say to a call, and no failure of the node. */
function isWord(method: string, error: unknown): boolean {
  if (method === "eth_sendRawTransaction") return isAnswerOfNode(error);
  const { code, message } = error as { code?: unknown; message?: string };
  return code === REVERTED_CODE || REVERTED.test(message ?? "");
}
