import { getAddress } from "ethers";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { makeQuote, type Quote, type QuoteRequest } from "../offer/quote.js";
import { batchKeys } from "../../runtime/payments/modelId.js";
import { modelOf, type OfferedModel } from "../offer/shop.js";
import {
  modelDetailOut,
  modelParameters,
  modelsOut,
  problemOut,
  quoteBody,
  quoteOut,
  type ModelOut,
  type QuoteBody,
  type QuoteOut,
} from "./schemas.js";
import type { Service } from "./service.js";

/** What is sold, and at what price: for one input, signed. */
export function modelRoutes(service: Service): FastifyPluginAsyncZod {
  const { shop } = service;
  return async (server) => {
    server.get("/models", { schema: { summary: "All models", response: { 200: modelsOut } } }, async () => ({
      models: await Promise.all(shop.models.map((model) => describe(service, model))),
    }));

    server.get(
      "/models/:id",
      {
        schema: {
          summary: "A model, with its manifest",
          params: modelParameters,
          response: { 200: modelDetailOut, 404: problemOut },
        },
      },
      async ({ params }) => {
        const offered = modelOf(shop, params.id);
        const { manifest, verificationKey, batches } = offered.model;
        return {
          ...(await describe(service, offered)),
          ...{ manifest, verificationKey, batches: batchKeys(batches) },
        };
      },
    );

    server.post(
      "/models/:id/quotes",
      {
        schema: {
          summary: "The terms of a job for one input, which the provider has signed",
          params: modelParameters,
          body: quoteBody,
          response: { 201: quoteOut, 400: problemOut, 404: problemOut, 422: problemOut, 503: problemOut },
        },
      },
      async ({ params, body }, reply) => {
        const model = modelOf(shop, params.id);
        const quote = await makeQuote(shop, model, requestOf(body), await service.promised(model));
        const kept = await service.keep(quote);
        return reply
          .code(201)
          .header("cache-control", "no-store")
          .send({ ...quoteText(quote), ...kept });
      },
    );
  };
}

/** What was asked for, with addresses as the contracts' library writes them. */
function requestOf({ client, token, inputs, salt }: QuoteBody): QuoteRequest {
  return {
    client: getAddress(client),
    token: token === undefined ? undefined : getAddress(token),
    inputs,
    salt: salt === undefined ? undefined : BigInt(salt),
  };
}

async function describe(service: Service, offered: OfferedModel): Promise<ModelOut> {
  const { chain, contracts, escrow, provider } = service.shop;
  const { id, model, prices } = offered;
  const { manifest } = model;
  return {
    id,
    name: manifest.name,
    prices: prices.map(({ token, amount, unit }) => ({ token, amount: amount.toString(), ...unit })),
    seconds: (await service.expected(offered)) ?? null,
    setup: manifest.setup,
    inputs: manifest.inputs.map(({ name, shape }) => ({ name, shape })),
    outputs: manifest.outputs.map(({ name, shape, kind }) => ({ name, shape, kind })),
    inputMode: manifest.inputMode,
    outputMode: manifest.outputMode,
    chainId: chain.id.toString(),
    escrow,
    registry: await contracts.registry.getAddress(),
    provider,
  };
}

function quoteText({
  jobId,
  chainId,
  escrow,
  job,
  offer,
  input,
}: Quote): Omit<QuoteOut, "ticket" | "oneStep"> {
  return {
    jobId,
    chainId: chainId.toString(),
    escrow,
    job: {
      ...job,
      inputCommitment: job.inputCommitment.toString(),
      amount: job.amount.toString(),
      bond: job.bond.toString(),
      fundBy: job.fundBy.toString(),
      fulfillBy: job.fulfillBy.toString(),
      callbackGas: job.callbackGas.toString(),
    },
    providerSignature: offer,
    salt: input.salt.toString(),
    expires: new Date(1000 * Number(job.fundBy)).toISOString(),
  };
}
