import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpError } from "../../errors/httpError.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { now as time } from "../time.js";
import { Coordinator, type ServedCircuit } from "./coordinator.js";
import { InvitationFile } from "./invitations.js";
import { PAGE_FOLDER } from "./page.js";
import { problemOf, sendProblem } from "./problem.js";
import { Rates } from "./rates.js";
import { answer } from "./router.js";

export interface ServeParameters {
  /** Name of the build. */
  readonly name: string;
  readonly circuits: readonly ServedCircuit[];
  /** Of all ceremonies of the build: where its invitations are. */
  readonly folder: string;
  /** Address to listen at. @default 127.0.0.1: this machine alone */
  readonly host?: string;
  /** @default 8017 */
  readonly port?: number;
  /** Seconds for one contribution, with download and upload. @default 900 */
  readonly turnSeconds?: number;
  /** Seconds in which the contributor whose turn it is must begin. @default 90 */
  readonly fetchSeconds?: number;
  /** Seconds between two questions of a contributor who waits. @default 5 */
  readonly pollSeconds?: number;
  /** A proxy before the coordinator says whose request it is (X-Forwarded-For). @default false */
  readonly isBehindProxy?: boolean;
  /** Folder of the page. @default the package's */
  readonly page?: string;
  /** Gets a line for each request. @default none */
  readonly log?: (line: string) => void;
  /** Milliseconds of a clock. @default the machine's */
  readonly clock?: () => number;
}

export interface Serving {
  /** Where contributors find the coordinator, on this machine. */
  readonly url: string;
  close(): Promise<void>;
}

const [MOST_QUEUED, MOST_QUEUED_PER_ADDRESS, MOST_CONNECTIONS] = [500, 8, 512];

/** Requests of one address at once, and in a second in the long run. Many people can share an address. */
const [BURST, PER_SECOND] = [240, 10];

/** Of a request without its body. */
const MOST_HEADER_BYTES = 8192;

/** Milliseconds for all headers of a request, and without a byte on a connection. */
const [HEADERS_TIME, IDLE_TIME] = [10_000, 30_000];

/** Coordinates the ceremonies of a build over HTTP. @throws Torch2CircomError if the port is taken */
export async function serveCeremonies(parameters: ServeParameters): Promise<Serving> {
  const {
    host = "127.0.0.1",
    port = 8017,
    turnSeconds = 900,
    fetchSeconds = 90,
    pollSeconds = 5,
  } = parameters;
  const { clock = () => performance.now() } = parameters;
  const limits = {
    ...{ turn: 1000 * turnSeconds, fetch: 1000 * fetchSeconds, poll: 1000 * pollSeconds },
    ...{ most: MOST_QUEUED, mostPerAddress: MOST_QUEUED_PER_ADDRESS },
  };
  const invitations = new InvitationFile(parameters.folder);
  const coordinator = new Coordinator(parameters.name, parameters.circuits, invitations, limits, clock);
  await coordinator.start();
  const handle = answering(coordinator, parameters, new Rates(BURST, PER_SECOND, clock));
  const server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADERS_TIME,
      // An upload ends with its turn; this ends what the turn forgets.
      requestTimeout: limits.turn + limits.fetch,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => void handle(request, response, () => undefined),
  );
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) =>
    handle(request, response, () => response.writeContinue()),
  );
  server.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) =>
    sendProblem(response, problemOf(new HttpError(417, "This is not expected here", "Leave Expect out."))),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = IDLE_TIME;
  await listen(server, port, host);
  const timer = setInterval(() => coordinator.queue.advance(), 1000);
  return {
    url: addressOf(server, host),
    close: async () => {
      clearInterval(timer);
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers requests, and writes a line of each: what was asked for, and nothing that a header says. */
function answering(
  coordinator: Coordinator,
  { isBehindProxy = false, page = PAGE_FOLDER, log, folder }: ServeParameters,
  rates: Rates,
) {
  return async (request: IncomingMessage, response: ServerResponse, proceed: () => void): Promise<void> => {
    const address = addressIn(request, isBehindProxy);
    const asked = `${request.method} ${(request.url ?? "").split("?")[0].slice(0, 200)}`;
    response.on("close", () =>
      log?.(
        `${time()}  ${address}  ${JSON.stringify(asked)}  ${response.statusCode}${response.writableFinished ? "" : ", broken off"}`,
      ),
    );
    // Of a connection that is gone: `close` reports it.
    for (const stream of [request, response]) stream.on("error", () => undefined);
    try {
      if (!rates.takes(address))
        throw new HttpError(429, "You ask too often", "Wait some seconds.", "BUILD_BUSY");
      await answer({ request, response, coordinator, address, page, proceed });
    } catch (error) {
      const problem = problemOf(error, folder);
      if (problem.status === 500) log?.(`${time()}  ${error instanceof Error ? error.stack : String(error)}`);
      sendProblem(response, problem);
    }
  };
}

/** Behind a proxy it is the last in the list, which the proxy itself has added. */
function addressIn({ headers, socket }: IncomingMessage, isBehindProxy: boolean): string {
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join().split(",").at(-1)?.trim();
  const address = isBehindProxy && forwarded ? forwarded : (socket.remoteAddress ?? "");
  return address.replace(/[^0-9A-Fa-f.:]/g, "").slice(0, 45);
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `The coordinator cannot listen at ${host}, port ${port} (${(error as Error).message})`,
      "Choose another with --port and --host.",
      error as Error,
    );
  }
}

function addressOf(server: Server, host: string): string {
  const { port, family } = server.address() as AddressInfo;
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${family === "IPv6" && host !== "::" ? `[${name}]` : name}:${port}/`;
}
