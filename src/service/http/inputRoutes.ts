import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { Delivery } from "../orders/delivery.js";
import { POLL_SECONDS, stateOf } from "./jobText.js";
import { deliveredOut, inputBody, jobParameters, problemOut, type InputBody } from "./schemas.js";
import type { Service } from "./service.js";

const DESCRIPTION = `For a job that names this provider, or none. Who knows the input and the salt that it commits to gets its
ticket; the same input again changes nothing. A job is known some seconds after it was funded: 404 before. What the service does not
prove is refused: 402 for its payment, 410 for its deadline.`;

/** The input of a job that its client has funded by itself, without a quote. */
export function inputRoutes(service: Service): FastifyPluginAsyncZod {
  return async (server) => {
    server.post(
      "/jobs/:id/input",
      {
        schema: {
          summary: "The input of a job that was funded without a quote",
          description: DESCRIPTION,
          params: jobParameters,
          body: inputBody,
          response: {
            202: deliveredOut,
            400: problemOut,
            402: problemOut,
            404: problemOut,
            410: problemOut,
            422: problemOut,
            503: problemOut,
          },
        },
      },
      async ({ params, body }, reply) => {
        const { job, ticket } = await service.deliver(params.id, deliveryOf(body));
        reply.code(202).header("location", `/jobs/${job.id}`).header("retry-after", POLL_SECONDS);
        return reply.header("cache-control", "no-store").send({ ...stateOf(job), ticket });
      },
    );
  };
}

function deliveryOf({ inputs, integers = [], salt }: InputBody): Delivery {
  return { salt: BigInt(salt), ...(inputs === undefined ? { integers } : { inputs }) };
}
