import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { HttpError } from "../../errors/httpError.js";
import { modelOf } from "../offer/shop.js";
import { inputsOfNpy, NPY_TYPES } from "./npyBody.js";
import { quoteFor } from "./quoting.js";
import { modelParameters, problemOut, quoteBody, quoteOut, quoteQuery } from "./schemas.js";
import type { Service } from "./service.js";

/** What a job for one input costs, signed. */
export function quoteRoutes(service: Service): FastifyPluginAsyncZod {
  const { shop } = service;
  return async (server) => {
    // Read into what the same request in JSON would be, and validated as that is.
    server.addContentTypeParser(
      NPY_TYPES,
      { parseAs: "buffer" },
      async ({ params, query }: FastifyRequest, bytes: Buffer) => {
        const { id } = modelParameters.parse(params);
        const { client } = query as { client?: unknown };
        if (client === undefined)
          throw new HttpError(400, "The client is missing", "Add its address to the URL: ?client=0x…");
        return { ...(query as object), inputs: inputsOfNpy(modelOf(shop, id), bytes) };
      },
    );

    server.post(
      "/models/:id/quotes",
      {
        schema: {
          summary: "The terms of a job for one input, which the provider has signed",
          description:
            "The input is JSON; or, of a model with one input, an .npy file, with client, token and salt in the query.",
          consumes: ["application/json", ...NPY_TYPES],
          params: modelParameters,
          querystring: quoteQuery,
          body: quoteBody,
          response: { 201: quoteOut, 400: problemOut, 404: problemOut, 422: problemOut, 503: problemOut },
        },
      },
      async ({ params, body, query, headers }, reply) => {
        const isNpy = NPY_TYPES.some((type) => headers["content-type"]?.toLowerCase().startsWith(type));
        if (!isNpy && Object.keys(query).length > 0)
          throw new HttpError(
            400,
            "A body of JSON takes no query",
            "Put client, token and salt into the body.",
          );
        const quote = await quoteFor(service, modelOf(shop, params.id), body);
        return reply.code(201).header("cache-control", "no-store").send(quote);
      },
    );
  };
}
