import type { FileHashes } from "../artifacts/hash.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { Part } from "./part.js";
import { backOff, Foreign, Interrupted, Refused, transfer, type TransferParameters } from "./transfer.js";

/** A hash that a file must have, in lower-case hexadecimal. */
export interface ExpectedHash {
  readonly algorithm: keyof FileHashes;
  readonly digest: string;
}

/** How much trouble a download bears. */
export interface Trouble {
  /** Milliseconds without a byte after which the server is given up. @default 30 seconds */
  readonly idle?: number;
  /** Attempts of which none brings a byte. @default 5 */
  readonly attempts?: number;
  /** Waits before another attempt. @param failures in a row, from 1 on @default 1 s, 2 s, 4 s, up to half a minute */
  readonly pause?: (failures: number) => Promise<void>;
}

export interface DownloadParameters
  extends Pick<TransferParameters, "url" | "mostBytes" | "onProgress">, Trouble {
  /** Where the whole file goes, on the disk of `folder`. */
  readonly path: string;
  /** For the part that is there until then; to be locked by the caller. */
  readonly folder: string;
  readonly expected: ExpectedHash;
}

/**
 * Downloads a file of which the hash is known. It appears under its name when it is whole and has that hash. A connection
 * that breaks off is taken up again where it was, also by a later process, if the server knows ranges.
 *
 * @returns hashes of the file
 * @throws Torch2CircomError if the server does not give the file, with how to fetch it by hand; if it is another file; or
 *   if the disk is full
 */
export async function download(parameters: DownloadParameters): Promise<FileHashes> {
  const { url, path, folder, expected } = parameters;
  const part = await Part.open(folder, url);
  try {
    await fetchAll(part, parameters);
    const hashes = part.digest();
    if (hashes[expected.algorithm] !== expected.digest)
      throw new Foreign(`its ${expected.algorithm} is ${hashes[expected.algorithm]}, not ${expected.digest}`);
    await part.keepAs(path);
    return hashes;
  } catch (error) {
    if (!(error instanceof Foreign)) throw error;
    await part.discard();
    throw new Torch2CircomError(
      "FILE_DAMAGED",
      `${url} is not the file that was asked for: ${error.message}`,
      `Nothing of it is kept. Start again; if that does not help: ${byHand(parameters)}`,
      error,
    );
  } finally {
    await part.close();
  }
}

async function fetchAll(part: Part, parameters: DownloadParameters): Promise<void> {
  const { idle = 30_000, attempts = 5, pause = backOff } = parameters;
  // A server that begins anew each time must not go on for ever.
  let [furthest, failures] = [part.size, 0];
  while (!part.isWhole) {
    try {
      await transfer(part, { ...parameters, idle });
      return;
    } catch (error) {
      if (!(error instanceof Interrupted || error instanceof Refused)) throw error;
      failures = part.size > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, part.size);
      if (error instanceof Refused || failures >= attempts) throw failed(parameters, error);
      await pause(failures);
    }
  }
}

function failed(parameters: DownloadParameters, cause: Error): Torch2CircomError {
  return new Torch2CircomError(
    "DOWNLOAD_FAILED",
    `${parameters.url} cannot be downloaded: ${cause.message}`,
    `What has come is kept, and a new start goes on from there. Without a network: ${byHand(parameters)}`,
    cause,
  );
}

function byHand({ url, path, expected: { algorithm, digest } }: DownloadParameters): string {
  return `fetch ${url} elsewhere, check that its ${algorithm} is ${digest}, and put it at ${path}.`;
}
