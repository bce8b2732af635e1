import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { HttpError, problemOf } from "../../errors/httpError.js";
import { listening, type Place } from "./listening.js";

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
  private constructor(private readonly server: Server) {}

  /** @throws Torch2CircomError where the port is taken */
  static async open(place: Place): Promise<Lobby> {
    const server = createServer(({ url }, response) => {
      if (url === "/healthz") answer(response, 200, "application/json", { status: "ok" });
      else answer(response, 503, "application/problem+json", problemOf(WAITING, {}, "The service"));
    });
    await listening(place, async ({ host, port }) => {
      server.listen(port, host);
      await once(server, "listening");
    });
    return new Lobby(server);
  }

  /** Leaves the port to the service. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

function answer(response: ServerResponse, status: number, type: string, body: object): void {
  if (status === 503) response.setHeader("retry-after", RETRY_AFTER);
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
