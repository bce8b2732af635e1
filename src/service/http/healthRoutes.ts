import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { healthOut, problemOut } from "./schemas.js";
import type { Service } from "./service.js";

/** For what watches the service, and for who writes a client. */
export function healthRoutes(service: Service): FastifyPluginAsyncZod {
  return async (server) => {
    server.get(
      "/healthz",
      { schema: { summary: "The process answers", response: { 200: healthOut } } },
      () => ({ status: "ok" as const }),
    );

    server.get(
      "/readyz",
      {
        schema: {
          summary: "The database and the chain answer, too",
          response: { 200: healthOut, 503: problemOut },
        },
      },
      async () => {
        await service.checkReady();
        return { status: "ok" as const };
      },
    );

    server.get("/openapi.json", { schema: { hide: true } }, () => server.swagger());
  };
}
