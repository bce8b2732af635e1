import { BrowserProvider, type Eip1193Provider, type JsonRpcPayload } from "ethers";
import { isAnswerOfNode } from "../../client/nodeErrors.js";
import { explainNetwork, unreachable } from "../../errors/networkErrors.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

type Answers = Awaited<ReturnType<BrowserProvider["_send"]>>;

/**
 * What ethers asks a node through. It keeps no answers, knows the chain, and tells a node that does not answer from one that
 * answers with an error, which ethers' own provider takes for the same.
 */
export class NodesProvider extends BrowserProvider {
  /** @param id of the chain */
  constructor(
    private readonly node: Eip1193Provider,
    id: bigint,
  ) {
    super(node, id, { staticNetwork: true, cacheTimeout: -1 });
  }

  /** @throws Torch2CircomError NETWORK_UNREACHABLE where there is no answer */
  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<Answers> {
    const answers: Answers = [];
    for (const { id, method, params } of [payload].flat()) {
      try {
        const result: unknown = await this.node.request({ method, params: params as unknown[] });
        answers.push({ id, result });
      } catch (error) {
        if (!isAnswerOfNode(error)) throw away(error as Error);
        const { code, data, message } = error as { code: number; data?: unknown; message: string };
        answers.push({ id, error: { code, data, message } });
      }
    }
    return answers;
  }
}

function away(error: Error): unknown {
  const explained = explainNetwork(error);
  return explained instanceof Torch2CircomError ? explained : new Torch2CircomError(...unreachable(), error);
}
