import { join } from "node:path";
import type { DownloadParameters } from "../download/download.js";
import { smallestPublicFile } from "./publicFiles.js";
import { CEREMONY, type PtauSource } from "./source.js";

/** Which file of powers of tau serves, and where it is or is to be. */
export interface Located {
  readonly path: string;
  /** The hash that it must have; undefined: its powers are to be verified. */
  readonly expected?: DownloadParameters["expected"];
  /** Where it is fetched from if it is not there. */
  readonly remote?: Pick<DownloadParameters, "url" | "mostBytes">;
}

/** More than the largest file of any ceremony of the curve has, 2^28. */
const MOST_BYTES = 1152 * 2 ** 28 + 2 ** 24;

/**
 * @param size constraints and public signals of the largest circuit that the file is to serve
 * @param folder of the powers of tau in the cache
 * @throws Torch2CircomError if the public ceremony has no file so large
 */
export function locate(source: PtauSource, size: number, folder: string): Located {
  if (source === CEREMONY) {
    const { name, url, blake2b512, mostBytes } = smallestPublicFile(size);
    const expected = { algorithm: "blake2b512", digest: blake2b512 } as const;
    return { path: join(folder, name), expected, remote: { url, mostBytes } };
  }
  const { sha256 } = source;
  const expected = sha256 === undefined ? undefined : ({ algorithm: "sha256", digest: sha256 } as const);
  if ("path" in source) return { path: source.path, expected };
  // By its hash alone: what is there under it serves whatever url it came from.
  return {
    path: join(folder, `${sha256}.ptau`),
    expected,
    remote: { url: source.url, mostBytes: MOST_BYTES },
  };
}
