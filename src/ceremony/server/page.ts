import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HttpError } from "../../errors/httpError.js";

/** The page as the package has it, bundled by `npm run build`. */
export const PAGE_FOLDER = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts") ? "../../../dist/web/ceremony" : "../../../web/ceremony",
    import.meta.url,
  ),
);

/** All files of the page. */
const FILES = ["index.html", "style.css", "page.js", "worker.js"];

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** The curve's arithmetic is WebAssembly, on threads that start from a blob. Nothing comes from elsewhere. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:";

/** Sends a file of the page. @param name of the file; empty for the page itself @returns whether there is such a file */
export async function sendPage(response: ServerResponse, folder: string, name: string): Promise<boolean> {
  const file = name === "" ? "index.html" : name;
  if (!FILES.includes(file)) return false;
  const body = await readFile(join(folder, file)).catch(() => {
    throw new HttpError(
      404,
      "This coordinator has no page",
      "Contribute with npx torch2circom contribute; the operator of the coordinator gets a page by npm run build.",
      "FILE_NOT_READABLE",
    );
  });
  response.writeHead(200, {
    "content-type": TYPES[extname(file)],
    "content-length": body.length,
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-cache",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
  });
  response.end(body);
  return true;
}
