import type { FastifyPluginAsync } from "fastify";
import { isFromHere, requireOperator } from "./operator.js";
import type { Service } from "./service.js";

/** What the service measures, for Prometheus: on this machine, and for whoever has the operator's token. */
export function metricsRoutes({ metrics }: Service, operatorToken: string | undefined): FastifyPluginAsync {
  return async (server) => {
    server.get("/metrics", { schema: { hide: true } }, async (request, reply) => {
      if (!isFromHere(request)) requireOperator(operatorToken, request.headers.authorization);
      const text = await metrics.read();
      return reply.header("cache-control", "no-store").type(metrics.contentType).send(text);
    });
  };
}
