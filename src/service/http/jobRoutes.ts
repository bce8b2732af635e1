import type { preValidationAsyncHookHandler } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { POLL_SECONDS, stateOf } from "./jobText.js";
import { jobOut, jobParameters, paymentBody, problemOut } from "./schemas.js";
import type { Service } from "./service.js";
import { requireJob } from "./ticket.js";

/**
 * A quote that is paid for, and what becomes of it.
 *
 * @param page shows people a page at the address of a job
 */
export function jobRoutes(service: Service, page: preValidationAsyncHookHandler): FastifyPluginAsyncZod {
  return async (server) => {
    const job = (id: string, authorization: string | undefined) => requireJob(service, id, authorization);

    server.post(
      "/jobs/:id/payment",
      {
        schema: {
          summary: "Pays by a signature (EIP-3009): the service sends the transaction",
          params: jobParameters,
          body: paymentBody,
          response: { 202: jobOut, 400: problemOut, 402: problemOut, 404: problemOut, 410: problemOut },
        },
      },
      async ({ params, body, headers }, reply) => {
        await job(params.id, headers.authorization);
        const { of, signature, ...times } = body;
        const [validAfter, validBefore] = [BigInt(times.validAfter), BigInt(times.validBefore)];
        const pay = of === "request" ? service.relay : service.accept;
        await pay(params.id, { validAfter, validBefore, signature });
        reply.code(202).header("location", `/jobs/${params.id}`).header("retry-after", POLL_SECONDS);
        return reply.send(stateOf(await job(params.id, headers.authorization)));
      },
    );

    server.get(
      "/jobs/:id",
      {
        // Before what is no id is refused: the page says that better.
        preValidation: page,
        schema: {
          summary: "How far a job is, and its answer",
          params: jobParameters,
          response: { 200: jobOut, 404: problemOut },
        },
      },
      async ({ params, headers }, reply) => {
        const row = await job(params.id, headers.authorization);
        reply.header("cache-control", "no-store");
        return stateOf(row);
      },
    );
  };
}
