import type { IncomingMessage, ServerResponse } from "node:http";
import type { Coordinator } from "./coordinator.js";
import { sendJson, sendKey, sendTranscript } from "./files.js";
import { sendPage } from "./page.js";
import { HttpError } from "../../errors/httpError.js";

/** What a request is answered with. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly coordinator: Coordinator;
  /** Of whoever asks. */
  readonly address: string;
  /** Folder of the page's files. */
  readonly page: string;
  /** To be called when an upload may begin. */
  readonly proceed: () => void;
}

type Handler = (exchange: Exchange, circuit: string) => Promise<void>;

/** Methods by what is asked for; `:circuit` is any name. */
const ROUTES: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  ceremony: {
    GET: async ({ response, coordinator }) => sendJson(response, await coordinator.state()),
  },
  queue: {
    POST: async ({ request, response, coordinator, address }) =>
      sendJson(response, await coordinator.join(address, bearer(request)), 201),
    GET: async ({ request, response, coordinator }) =>
      sendJson(response, coordinator.placeOf(bearer(request) ?? "")),
    DELETE: async ({ request, response, coordinator }) => {
      coordinator.queue.leave(bearer(request) ?? "");
      response.writeHead(204).end();
    },
  },
  "circuits/:circuit/transcript": {
    GET: async ({ request, response, coordinator }, circuit) => {
      coordinator.queue.fetched(bearer(request) ?? "");
      await sendTranscript(response, coordinator.folderOf(circuit));
    },
  },
  "circuits/:circuit/key": {
    GET: async ({ request, response, coordinator }, circuit) => {
      coordinator.queue.fetched(bearer(request) ?? "");
      await sendKey(request, response, coordinator.folderOf(circuit));
    },
  },
  "circuits/:circuit/contribution": {
    PUT: async ({ request, response, coordinator, proceed }, circuit) =>
      sendJson(response, await coordinator.take(bearer(request) ?? "", circuit, request, proceed), 201),
  },
};

/** Other pages may ask as well, such as this page served elsewhere: no request is known by a cookie. */
const CROSS_ORIGIN = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, PUT, DELETE",
  "access-control-allow-headers": "authorization, content-type, range",
  "access-control-max-age": "86400",
} as const;

/** Answers a request. @throws HttpError or Torch2CircomError for what is refused */
export async function answer(exchange: Exchange): Promise<void> {
  const { request, response, page } = exchange;
  const { method = "", url = "" } = request;
  for (const [name, value] of Object.entries({ ...CROSS_ORIGIN, "x-content-type-options": "nosniff" }))
    response.setHeader(name, value);
  const path = url.split("?")[0].slice(1);
  const [, circuit = ""] = /^circuits\/([^/]+)\//.exec(path) ?? [];
  const route = path.replace(/^circuits\/[^/]+\//, "circuits/:circuit/");
  const known = Object.hasOwn(ROUTES, route) ? ROUTES[route] : undefined;
  if (known === undefined) {
    if (method === "GET" && (await sendPage(response, page, path))) return;
    throw new HttpError(404, "There is nothing at this address", "Begin at the coordinator's address.");
  }
  if (method === "OPTIONS") {
    response.writeHead(204).end();
    return;
  }
  if (!Object.hasOwn(known, method)) {
    response.setHeader("allow", Object.keys(known).join(", "));
    throw new HttpError(405, `${method} is not for this address`, "See the methods in Allow.");
  }
  if (method !== "PUT" && hasBody(request))
    throw new HttpError(413, "The request has a body", "Send it without one.");
  await known[method](exchange, circuit);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
}

/** Ticket or invitation. */
function bearer({ headers }: IncomingMessage): string | undefined {
  return /^Bearer ([0-9A-Za-z]{1,100})$/.exec(headers.authorization ?? "")?.[1];
}
