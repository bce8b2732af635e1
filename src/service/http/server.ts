import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import Fastify from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { sizeOf } from "../../tensor/tensor.js";
import { HttpError } from "../../errors/httpError.js";
import type { Shop } from "../offer/shop.js";
import { answerError } from "./problems.js";
import { chainRoutes } from "./chainRoutes.js";
import { eventRoutes } from "./eventRoutes.js";
import { healthRoutes } from "./healthRoutes.js";
import { jobRoutes } from "./jobRoutes.js";
import { metricsRoutes } from "./metricsRoutes.js";
import { operatorRoutes } from "./operatorRoutes.js";
import { inferRoutes } from "./inferRoutes.js";
import { inputRoutes } from "./inputRoutes.js";
import { modelRoutes } from "./modelRoutes.js";
import { describeBodies } from "./openapi.js";
import { allowOtherPages } from "./otherPages.js";
import { jobPage, pageRoutes } from "./pageRoutes.js";
import { readPages } from "./pages.js";
import { quoteRoutes } from "./quoteRoutes.js";
import type { Service } from "./service.js";
import type { StreamLimits } from "./streams.js";
import { unusedConnections } from "./unused.js";
import { packageVersion } from "../../packageRoot.js";

export interface HttpOptions extends StreamLimits {
  /** Requests of one address in a minute. @default 600 */
  readonly perMinute?: number;
  /** Addresses of proxies before the service, whose word for the client's address is taken. @default none */
  readonly trustedProxies?: readonly string[];
  /** What opens the operator's page, and `/metrics` to others than this machine. @default none: they are closed */
  readonly operatorToken?: string;
  /** Folder of the pages for people; see `readPages`. @default the package's */
  readonly pages?: string;
}

/** Bytes of a number in JSON, at most, and of all else in a request. */
const [BYTES_PER_NUMBER, OTHER_BYTES] = [26, 16_384];

/** Milliseconds for a whole request to arrive. */
const REQUEST_TIME = 60_000;

/** The service's HTTP server, which the caller lets listen and closes. */
export async function httpServer(service: Service, options: HttpOptions = {}) {
  const server = Fastify({
    logger: false,
    bodyLimit: mostBytes(service.shop),
    requestTimeout: REQUEST_TIME,
    trustProxy: [...(options.trustedProxies ?? [])],
  }).withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  const endUnused = unusedConnections(server.server);
  server.addHook("preClose", async () => endUnused());
  server.setErrorHandler(answerError(service.log));
  await server.register(rateLimit, { max: options.perMinute ?? 600, timeWindow: "1 minute" });
  server.setNotFoundHandler({ preHandler: server.rateLimit() }, () => {
    throw new HttpError(404, "There is nothing at this address", "See /openapi.json.");
  });
  await server.register(swagger, {
    openapi: { openapi: "3.1.0", info: { title: "torch2circom: proven answers", version: packageVersion() } },
    transform: jsonSchemaTransform,
    transformObject: (input) => describeBodies(jsonSchemaTransformObject(input)),
  });
  const pages = await readPages(service.shop.chain.isLocal, options.pages);
  allowOtherPages(server);
  await server.register(modelRoutes(service));
  await server.register(quoteRoutes(service));
  await server.register(inferRoutes(service));
  await server.register(jobRoutes(service, jobPage(pages)));
  await server.register(chainRoutes(service));
  await server.register(inputRoutes(service));
  await server.register(eventRoutes(service, options));
  await server.register(healthRoutes(service));
  await server.register(operatorRoutes(service, options.operatorToken));
  await server.register(metricsRoutes(service, options.operatorToken));
  await server.register(pageRoutes(pages, options.operatorToken !== undefined));
  server.addHook("onResponse", ({ routeOptions, method }, { statusCode, elapsedTime }, done) => {
    const { url: route } = routeOptions;
    service.metrics.answered(method, route, statusCode, elapsedTime / 1000);
    service.log({ method, route, status: statusCode, ms: Math.round(elapsedTime) }, "answered");
    done();
  });
  return server;
}

/** The longest input of any model, in JSON. */
function mostBytes({ models }: Shop): number {
  const elements = models.map(({ model }) =>
    model.manifest.inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  );
  return OTHER_BYTES + BYTES_PER_NUMBER * Math.max(...elements);
}
