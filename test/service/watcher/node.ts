import { createServer, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { FetchRequest, JsonRpcProvider } from "ethers";

/** What a node is asked. */
interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: unknown[];
}

interface LogFilter {
  readonly fromBlock: string;
  readonly toBlock: string;
}

/** How a node behaves that stands before anvil. */
export interface Behavior {
  /** Blocks of one question for events, at most. */
  mostBlocks?: number;
  /** Milliseconds before each answer. */
  delay?: number;
  /** Tells events backwards, and each twice. */
  isDisordered?: boolean;
  /** Breaks all connections. */
  isDead?: boolean;
  /** Blocks that it does not know yet, without saying so when it is asked for events. */
  lag?: number;
  /** Blocks that it knows, without their events. */
  eventLag?: number;
}

/** A node with the troubles of a public one: an HTTP server of its own before anvil. */
export class TroubledNode {
  /** Ranges of blocks that were asked for, refused ones included. */
  readonly ranges: [from: number, to: number][] = [];
  /** What was asked. */
  readonly methods: string[] = [];
  behavior: Behavior = {};
  private readonly server = createServer();

  private constructor(private readonly anvil: string) {}

  static async start(anvil: string): Promise<TroubledNode> {
    const node = new TroubledNode(anvil);
    node.server.on("request", (request, response: ServerResponse) => {
      let body = "";
      request.setEncoding("utf8").on("data", (more: string) => (body += more));
      request.on("end", () => void node.handle(JSON.parse(body) as Call, response));
    });
    node.server.listen(0, "127.0.0.1");
    await once(node.server, "listening");
    return node;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What the service asks it through. */
  provider(): JsonRpcProvider {
    return new JsonRpcProvider(new FetchRequest(this.url), 31337, {
      staticNetwork: true,
      cacheTimeout: -1,
      batchMaxCount: 1,
    });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async handle(call: Call, response: ServerResponse): Promise<void> {
    const { delay = 0, isDead } = this.behavior;
    this.methods.push(call.method);
    await wait(delay);
    if (isDead) return void response.destroy();
    // Without its node it breaks off, like one that is gone: questions may come when the test is over.
    const result = await this.answer(call).catch(() => undefined);
    if (result === undefined) return void response.destroy();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, ...result }));
  }

  private async answer(call: Call): Promise<object> {
    const { mostBlocks = Infinity, isDisordered, lag = 0, eventLag = 0 } = this.behavior;
    const head = Number(await this.ask("eth_blockNumber", [])) - lag;
    const [first] = call.params;
    if (call.method === "eth_getBlockByNumber") {
      if (first === "latest") return { result: await this.ask(call.method, [hex(head), false]) };
      if (Number(first) > head) return { result: null };
    }
    if (call.method !== "eth_getLogs") return this.forward(call);
    const filter = first as LogFilter;
    const [from, to] = [Number(filter.fromBlock), Number(filter.toBlock)];
    this.ranges.push([from, to]);
    if (to - from + 1 > mostBlocks)
      return { error: { code: -32005, message: `query exceeds the range of ${mostBlocks} blocks` } };
    const last = Math.min(to, head - eventLag);
    if (from > last) return { result: [] };
    const known = { ...filter, toBlock: hex(last) };
    const logs = (await this.ask(call.method, [known])) as unknown[];
    return { result: isDisordered ? [...logs, ...logs].reverse() : logs };
  }

  private async forward(call: Call): Promise<object> {
    const answer = await fetch(this.anvil, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(call),
    });
    return (await answer.json()) as object;
  }

  private async ask(method: string, params: unknown[]): Promise<unknown> {
    return ((await this.forward({ id: 1, jsonrpc: "2.0", method, params } as Call)) as { result: unknown })
      .result;
  }
}

function hex(number: number): string {
  return `0x${Math.max(0, number).toString(16)}`;
}
