import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { batchKeys } from "../../runtime/payments/modelId.js";
import { modelOf, type OfferedModel } from "../offer/shop.js";
import { modelDetailOut, modelParameters, modelsOut, problemOut, type ModelOut } from "./schemas.js";
import type { Service } from "./service.js";

/** What is sold, and at what price. */
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
