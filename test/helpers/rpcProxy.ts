import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One call of a JSON-RPC client. */
export interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What becomes of a call: it passes; its answer is replaced; or the connection fails, before or after the node has it. */
export type Fate =
  | "pass"
  | "lost before"
  | "lost after"
  | { readonly error: { readonly code: number; readonly message: string } };

export interface RpcProxy {
  readonly url: string;
  /** Decides on each call; it may wait. */
  rule: (call: Call) => Fate | Promise<Fate>;
  /** The calls so far. */
  readonly calls: Call[];
  close(): void;
}

/** Stands between a client and a node, and lets calls fail as networks and providers do. */
export async function startRpcProxy(node: string): Promise<RpcProxy> {
  const calls: Call[] = [];
  const closing = new AbortController();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const fail = () => response.writeHead(502).end("bad gateway");
      // All that may fail is below it: what is asked when its node or its test is gone has nobody to tell.
      const answer = async () => {
        const call = JSON.parse(body) as Call;
        calls.push(call);
        const fate = await proxy.rule(call);
        if (fate === "lost before") return fail();
        if (typeof fate === "object")
          return response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, ...fate }));
        const headers = { "content-type": "application/json" };
        const { signal } = closing;
        const text = await (await fetch(node, { method: "POST", headers, body, signal })).text();
        return fate === "lost after" ? fail() : response.end(text);
      };
      answer().catch(fail);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const proxy: RpcProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rule: () => "pass",
    calls,
    close: () => {
      closing.abort();
      server.close();
      server.closeAllConnections();
    },
  };
  return proxy;
}
