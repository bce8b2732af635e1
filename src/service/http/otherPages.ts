import type { FastifyInstance } from "fastify";

/** What pages of other origins may ask: what is sold, and jobs, which a ticket shows. Metrics and all else are for this one's. */
const OPEN_PATHS = /^\/(models|jobs)(\/|\?|$)/;

/** Seconds for which a browser need not ask again whether it may ask. */
const MAX_AGE = "600";

/** Headers of all answers to such pages, and of the answer whether they may ask. */
export const [FOR_ALL, PREFLIGHT] = [
  {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Retry-After, Location, PAYMENT-REQUIRED, PAYMENT-RESPONSE",
  },
  {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "Authorization, Content-Type, Last-Event-ID, PAYMENT-SIGNATURE",
    "access-control-max-age": MAX_AGE,
  },
];

/** Whether pages of other origins may ask for it. @param url path and query */
export function isForAll(url: string): boolean {
  return OPEN_PATHS.test(url);
}

/**
 * Lets pages of other origins use the service (CORS): the page on which people buy, wherever it lies. That opens nothing that was
 * closed: the service knows no cookies, and whoever shows a ticket or a signature in a request could send it from anywhere.
 */
export function allowOtherPages(server: FastifyInstance): void {
  server.addHook("onRequest", async ({ url }, reply) => {
    if (isForAll(url)) reply.headers(FOR_ALL);
  });
  for (const path of ["/models", "/models/*", "/jobs/*"])
    server.options(path, { schema: { hide: true } }, async (_request, reply) =>
      reply.code(204).headers(PREFLIGHT).send(),
    );
}
