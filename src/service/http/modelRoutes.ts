import { open } from "node:fs/promises";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { HttpError } from "../../errors/httpError.js";
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
        const { manifest, verificationKey, batches, segments } = offered.model;
        return {
          ...(await describe(service, offered)),
          ...{ manifest, verificationKey, batches: batchKeys(batches) },
          segments: segments.map((one) => one.verificationKey),
        };
      },
    );

    server.get(
      "/models/:id/bundle",
      { schema: { summary: "What an audit needs, as a .tgz", params: modelParameters } },
      async ({ params }, reply) => {
        const { bundle, model } = modelOf(shop, params.id);
        if (bundle === undefined)
          throw new HttpError(
            404,
            "The bundle of this model is not published",
            "Ask its provider for it.",
            "MODEL_NOT_FOUND",
          );
        const file = await open(bundle.path);
        const { name } = model.manifest;
        reply
          .type("application/gzip")
          .header("content-length", (await file.stat()).size)
          .header("content-disposition", `attachment; filename="${name}.tgz"`);
        return reply.send(file.createReadStream());
      },
    );
  };
}

async function describe(service: Service, offered: OfferedModel): Promise<ModelOut> {
  const { chain, contracts, escrow, provider } = service.shop;
  const { id, model, prices, bundle } = offered;
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
    bundle: bundle === undefined ? null : { ...bundle, path: `/models/${id}/bundle` },
    chainId: chain.id.toString(),
    escrow,
    registry: await contracts.registry.getAddress(),
    provider,
  };
}
