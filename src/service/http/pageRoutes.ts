import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { FastifyPluginAsync } from "fastify";
import { packageRoot } from "../../packageRoot.js";

/** The page on which people buy answers, as `npm run build` bundles it. */
const PAGE_FOLDER = join(packageRoot(), "dist", "web", "checkout");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** Nodes of chains for development, which the page's demo wallet asks. */
const LOCAL_NODES = "http://127.0.0.1:* http://localhost:*";

/**
 * Serves the page at `/`; its files are read once. A service without them has no page.
 *
 * @param isLocal whether the chain is one for development: the page may ask nodes on the buyer's machine then
 * @param folder of the page. Default: the package's
 */
export function pageRoutes(isLocal: boolean, folder = PAGE_FOLDER): FastifyPluginAsync {
  const policy = [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:",
    `connect-src 'self'${isLocal ? ` ${LOCAL_NODES}` : ""}`,
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ].join("; ");
  return async (server) => {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((one) => extname(one) in TYPES)) {
      const body = await readFile(join(folder, name));
      server.get(
        name === "index.html" ? "/" : `/${name}`,
        { schema: { hide: true } },
        async (_request, reply) =>
          reply
            .type(TYPES[extname(name)])
            .headers({
              "content-security-policy": policy,
              "cache-control": "no-cache",
              "referrer-policy": "no-referrer",
              "x-content-type-options": "nosniff",
            })
            .send(body),
      );
    }
  };
}
