import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a service says of a job. */
export interface JobText {
  readonly state: string;
  readonly answer?: { readonly publicSignals: readonly string[] };
}

/** What a service says of a model. */
export interface ModelText {
  readonly id: string;
  readonly manifest: { readonly model: object; readonly card?: object; readonly outputs: readonly object[] };
}

/** A service that says of jobs what it likes; all else is that of an honest one. */
export interface Liar {
  readonly url: string;
  /** What it says instead of the truth. */
  lie?: (truth: JobText) => JobText;
  /** The same, of a model. */
  lieOfModel?: (truth: ModelText) => ModelText;
  close(): Promise<void>;
}

export async function startLiar(honest: string): Promise<Liar> {
  const server = createServer((request, response) => {
    const answer = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = "GET", url = "/", headers } = request;
      const reply = await fetch(honest + url, {
        method,
        headers: {
          ...(headers.authorization !== undefined && { authorization: headers.authorization }),
          ...(headers["content-type"] !== undefined && { "content-type": headers["content-type"] }),
        },
        ...(method === "POST" && { body: Buffer.concat(chunks) }),
      });
      const body = Buffer.from(await reply.arrayBuffer());
      const isJob = /^\/jobs\/0x[0-9a-f]{64}$/.test(url) && reply.ok && liar.lie !== undefined;
      const isModel = /^\/models\/0x[0-9a-f]{64}$/.test(url) && reply.ok && liar.lieOfModel !== undefined;
      const said = isJob
        ? Buffer.from(JSON.stringify(liar.lie!(JSON.parse(body.toString()) as JobText)))
        : isModel
          ? Buffer.from(JSON.stringify(liar.lieOfModel!(JSON.parse(body.toString()) as ModelText)))
          : body;
      const kept = ["content-type", "content-security-policy", "cache-control"];
      response.writeHead(
        reply.status,
        Object.fromEntries(
          kept.flatMap((name) => (reply.headers.has(name) ? [[name, reply.headers.get(name)!]] : [])),
        ),
      );
      response.end(said);
    };
    // It tells no events: the page has to ask.
    if (request.url?.endsWith("/events") === true) response.writeHead(404).end();
    else answer().catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const liar: Liar = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return liar;
}
