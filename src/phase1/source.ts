import { resolve } from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/** The public ceremony whose files this package knows by their hashes: see `smallestPublicFile`. */
export const CEREMONY = "hermez";

/** Where powers of tau come from. */
export type PtauSource =
  /** The smallest file of the public ceremony that serves the circuits. */
  | typeof CEREMONY
  /** A file of the user's. Without a sha256 its powers are verified before they are used. */
  | { readonly path: string; readonly sha256?: string }
  /** A file on a server, http or https. */
  | { readonly url: string; readonly sha256: string };

/** Powers of tau that a key can be made from: of the right form, large enough, and trusted or verified. */
export interface PowersOfTau {
  readonly path: string;
  /** The file serves circuits of up to 2^power rows. */
  readonly power: number;
  readonly sha256: string;
  readonly blake2b512: string;
  /** See `fileState`: what the file was like when it was checked. */
  readonly state: string;
}

/** A source with an absolute path, and its hash as this package spells hashes. @param root that a path is relative to */
export function resolvePtau(root: string, source: PtauSource): PtauSource {
  if (source === CEREMONY) return source;
  if ("url" in source) return { ...source, sha256: source.sha256.toLowerCase() };
  return { path: resolve(root, source.path), sha256: source.sha256?.toLowerCase() };
}

/**
 * What a command line means by its options.
 *
 * @param text the name of the ceremony, a url, or a path; a file of the ceremony's name is `./hermez`
 * @param sha256 that the file must have, in hexadecimal
 * @throws Torch2CircomError for a url without a hash, a hash of the ceremony's, or one that is none
 */
export function parsePtau(text: string, sha256?: string): PtauSource {
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw invalid(`The sha256 ${sha256.slice(0, 100)} does not have 64 hexadecimal digits`);
  if (text === CEREMONY) {
    if (sha256 === undefined) return CEREMONY;
    throw invalid(`The hashes of "${CEREMONY}" are known, and need no sha256`);
  }
  if (!/^https?:\/\//.test(text)) return resolvePtau(process.cwd(), { path: text, sha256 });
  if (sha256 === undefined) throw invalid(`Powers of tau from a url need a sha256, and ${text} has none`);
  return resolvePtau("", { url: text, sha256 });
}

function invalid(problem: string): Torch2CircomError {
  return new Torch2CircomError(
    "INVALID_ARGUMENT",
    problem,
    `Say --ptau ${CEREMONY}, --ptau <path>, or --ptau <url> --ptau-sha256 <sha256>.`,
  );
}
