import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import { HttpError, problemOf } from "../../errors/httpError.js";
import { listening, type Place } from "./listening.js";
import { FOR_ALL, isForAll, PREFLIGHT } from "./otherPages.js";

/** Seconds after which a client asks again. */
const RETRY_AFTER = 5;

const WAITING = new HttpError(
  503,
  "The service waits for a node of its chain",
  "Ask again later: nothing was sold.",
  "NETWORK_UNREACHABLE",
);

/**
 * Answers in the place of a service that cannot start yet: the process is alive (`/healthz`), and nothing is sold. A supervisor
 * that looks whether the service answers lets it wait.
 */
export class Lobby {
  private server?: Server;

  constructor(private readonly place: Place) {}

  /** Answers from now on. Where it does already, nothing changes. @throws Torch2CircomError where the port is taken */
  async open(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer(receive);
    await listening(this.place, async ({ host, port }) => {
      server.listen(port, host);
      await once(server, "listening");
    });
    this.server = server;
  }

  /** Leaves the port to the service. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

function receive({ url = "", method }: IncomingMessage, response: ServerResponse): void {
  const headers = isForAll(url) ? FOR_ALL : {};
  if (url === "/healthz") answer(response, 200, "application/json", { status: "ok" });
  // A browser tells a page of another origin nothing of a 503 unless it may ask.
  else if (isForAll(url) && method === "OPTIONS") response.writeHead(204, { ...headers, ...PREFLIGHT }).end();
  else answer(response, 503, "application/problem+json", problemOf(WAITING, {}, "The service"), headers);
}

function answer(
  response: ServerResponse,
  status: number,
  type: string,
  body: object,
  headers: OutgoingHttpHeaders = {},
): void {
  if (status === 503) response.setHeader("retry-after", RETRY_AFTER);
  response.writeHead(status, { ...headers, "content-type": type, "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
