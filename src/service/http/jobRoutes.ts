import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { HttpError } from "../../errors/httpError.js";
import type { JobRow } from "../jobs/row.js";
import { POLL_SECONDS, stateOf } from "./jobText.js";
import { jobOut, jobParameters, paymentBody, problemOut } from "./schemas.js";
import type { Service } from "./service.js";

/** A quote that is paid for, and what becomes of it. */
export function jobRoutes(service: Service): FastifyPluginAsyncZod {
  return async (server) => {
    const job = async (id: string, authorization: string | undefined): Promise<JobRow> => {
      const [, ticket] = /^Bearer ([0-9a-f]{64})$/.exec(authorization ?? "") ?? [];
      const found = ticket === undefined ? undefined : await service.job(id, ticket);
      if (found !== undefined) return found;
      // The same for a job of somebody else and for none: ids are public.
      throw new HttpError(
        404,
        "There is no such job here, or the ticket is not its own",
        "Send the ticket of the quote: Authorization: Bearer …",
        "JOB_NOT_FOUND",
      );
    };

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
