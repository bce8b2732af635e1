import type { FastifyInstance } from "fastify";

/** What pages of other origins may ask: what is sold, and jobs, which a ticket shows. Metrics and all else are for this one's. */
const OPEN = /^\/(models|jobs)(\/|\?|$)/;

/** Seconds for which a browser need not ask again whether it may ask. */
const MAX_AGE = "600";

/**
 * Lets pages of other origins use the service (CORS): the page on which people buy, wherever it lies. That opens nothing that was
 * closed: the service knows no cookies, and whoever shows a ticket or a signature in a request could send it from anywhere.
 */
export function allowOtherPages(server: FastifyInstance): void {
  server.addHook("onRequest", async ({ url }, reply) => {
    if (!OPEN.test(url)) return;
    reply.headers({
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "Retry-After, Location, PAYMENT-REQUIRED, PAYMENT-RESPONSE",
    });
  });
  for (const path of ["/models", "/models/*", "/jobs/*"])
    server.options(path, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .code(204)
        .headers({
          "access-control-allow-methods": "GET, POST",
          "access-control-allow-headers": "Authorization, Content-Type, Last-Event-ID, PAYMENT-SIGNATURE",
          "access-control-max-age": MAX_AGE,
        })
        .send(),
    );
}
