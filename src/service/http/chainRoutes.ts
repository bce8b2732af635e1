import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { jsonText } from "../../client/jsonText.js";
import { jobChainOut, type JobChainOut } from "./chainSchemas.js";
import { jobParameters, problemOut } from "./schemas.js";
import type { Service } from "./service.js";

const DESCRIPTION = `For anybody, also of jobs of other providers in the same escrow. It is read from the chain by the service's node,
and not from what the service has written down; at most two seconds old.`;

/** What the chain says of a job, for those who have no node. */
export function chainRoutes(service: Service): FastifyPluginAsyncZod {
  const { chain, contracts, escrow } = service.shop;
  return async (server) => {
    server.get(
      "/jobs/:id/chain",
      {
        schema: {
          summary: "What the chain says of a job",
          description: DESCRIPTION,
          params: jobParameters,
          response: { 200: jobChainOut, 400: problemOut, 503: problemOut },
        },
      },
      async ({ params: { id } }, reply) => {
        const history = await service.history(id);
        const place = {
          jobId: id,
          chainId: chain.id.toString(),
          escrow,
          registry: await contracts.registry.getAddress(),
        };
        reply.header("cache-control", "no-store");
        return { ...place, ...(JSON.parse(jsonText(history)) as Omit<JobChainOut, keyof typeof place>) };
      },
    );
  };
}
