import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { FastifyReply } from "fastify";
import { packageRoot } from "../../packageRoot.js";

/** The pages for people, as `npm run build` bundles them. */
const FOLDER = join(packageRoot(), "dist", "web");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** Nodes of chains for development, which the demo wallet asks. */
const LOCAL_NODES = "http://127.0.0.1:* http://localhost:*";

/** A page: its files by name, each with what a browser is told of it. */
export type Page = ReadonlyMap<string, (reply: FastifyReply) => FastifyReply>;

/** The pages of a service; one without files is not shown. */
export interface Pages {
  /** Where people buy answers. */
  readonly checkout: Page;
  /** What the chain says of a job. */
  readonly job: Page;
  readonly operator: Page;
}

/**
 * Reads the files of the pages, once.
 *
 * @param isLocal whether the chain is one for development: the page that sells may ask nodes on the buyer's machine then
 * @param folder with a folder for each page. Default: the package's
 */
export async function readPages(isLocal: boolean, folder = FOLDER): Promise<Pages> {
  const [checkout, job, operator] = await Promise.all([
    readPage(join(folder, "checkout"), isLocal ? ` ${LOCAL_NODES}` : ""),
    readPage(join(folder, "job")),
    readPage(join(folder, "operator")),
  ]);
  return { checkout, job, operator };
}

/** @param more places that it may ask, beside the service */
async function readPage(folder: string, more = ""): Promise<Page> {
  const headers = {
    "content-security-policy": [
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:",
      `connect-src 'self'${more}`,
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ].join("; "),
    "cache-control": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  const names = (await readdir(folder).catch(() => [])).filter((name) => extname(name) in TYPES);
  return new Map(
    await Promise.all(
      names.map(async (name) => {
        const body = await readFile(join(folder, name));
        const send = (reply: FastifyReply) => reply.headers(headers).type(TYPES[extname(name)]).send(body);
        return [name, send] as const;
      }),
    ),
  );
}
