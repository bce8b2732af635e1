import type { FastifyPluginAsync, preValidationAsyncHookHandler } from "fastify";
import { prefersPage } from "./accept.js";
import type { Page, Pages } from "./pages.js";

/** The one file of a page that is asked for by the page's own address. */
const INDEX = "index.html";

/** What is shown to an operator who has set no token. */
const CLOSED = "closed.html";

/**
 * Serves the pages for people, and their files. That of a job has the address of the API; see {@link jobPage}.
 *
 * @param isOperated whether there is a token that opens the operator's page
 */
export function pageRoutes({ checkout, job, operator }: Pages, isOperated: boolean): FastifyPluginAsync {
  return async (server) => {
    const serve = (page: Page, folder: string, address?: string, index = INDEX) => {
      for (const [name, send] of page) {
        const place = name === index ? address : name.endsWith(".html") ? undefined : `${folder}/${name}`;
        if (place !== undefined) server.get(place, { schema: { hide: true } }, (_, reply) => send(reply));
      }
    };
    serve(checkout, "", "/");
    serve(job, "/job");
    serve(operator, "/operator", "/operator", isOperated ? INDEX : CLOSED);
  };
}

/** Shows browsers the page of a job, and lets programs pass, which ask for JSON at the same address. */
export function jobPage({ job }: Pages): preValidationAsyncHookHandler {
  const send = job.get(INDEX);
  return async ({ headers }, reply) => {
    reply.header("vary", "Accept");
    return send !== undefined && prefersPage(headers.accept) ? send(reply) : undefined;
  };
}
