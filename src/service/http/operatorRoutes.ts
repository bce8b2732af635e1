import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { jsonText } from "../../client/jsonText.js";
import type { OperatorView } from "../books/operatorView.js";
import { requireOperator } from "./operator.js";
import { operatorOut, type OperatorOut } from "./operatorSchemas.js";
import { problemOut } from "./schemas.js";
import type { Service } from "./service.js";

/** Books, queue, provers and failures, for whoever has the operator's token. */
export function operatorRoutes(service: Service, operatorToken: string | undefined): FastifyPluginAsyncZod {
  const { chain, escrow, provider } = service.shop;
  return async (server) => {
    server.get(
      "/operator/state",
      {
        // Before anything is read: who has no token asks the database nothing. The limit of requests runs in `onRequest`, after a
        // hook of the route's own: guesses of the token count.
        preParsing: async ({ headers }) => requireOperator(operatorToken, headers.authorization),
        schema: {
          summary: "Books, queue, provers and failures",
          description: "For the operator: Authorization: Bearer … with operatorToken of the configuration.",
          response: { 200: operatorOut, 401: problemOut, 404: problemOut },
        },
      },
      async (_, reply) => {
        reply.header("cache-control", "no-store");
        return { chainId: chain.id.toString(), escrow, provider, ...shown(await service.operator()) };
      },
    );
  };
}

function shown(view: OperatorView): Omit<OperatorOut, "chainId" | "escrow" | "provider"> {
  const { books, units, balance, queues, ...rest } = view;
  const { amounts, ...counts } = books;
  const unitOf = (token: string) => units.find((one) => one.token === token)?.unit;
  // Large integers and times as text, as the schema has them.
  const text = jsonText({
    ...{ ...rest, ...counts },
    amounts: amounts.map((one) => ({ ...one, ...unitOf(one.token) })),
    balance: balance ?? null,
    queues: queues.map((queue) => ({ ...queue, seconds: queue.seconds ?? null })),
  });
  return JSON.parse(text) as ReturnType<typeof shown>;
}
