import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** sha256 of bytes or UTF-8 text, in hexadecimal. */
export function hashOf(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** sha256 of a file of any size, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

const known = new Map<string, { readonly state: string; readonly hash: string }>();

/** {@link hashFile}, once for each state of the file: for large files that are used again and again. */
export async function hashUnchanged(path: string): Promise<string> {
  const state = await fileState(path);
  const last = known.get(path);
  if (last?.state === state) return last.hash;
  const hash = await hashFile(path);
  known.set(path, { state, hash });
  return hash;
}

/** What is the same for a file as long as nobody writes to it or replaces it. */
export async function fileState(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join();
}

/** Hashes by which a file is known here, and by which public ceremonies name theirs. In hexadecimal. */
export interface FileHashes {
  readonly sha256: string;
  readonly blake2b512: string;
}

/** Both hashes of a file of any size, in one reading. @param onProgress gets the fraction that is read */
export async function hashesOf(path: string, onProgress?: (fraction: number) => void): Promise<FileHashes> {
  const [sha256, blake2b512] = [createHash("sha256"), createHash("blake2b512")];
  const { size } = await stat(path);
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    sha256.update(chunk);
    blake2b512.update(chunk);
    onProgress?.((done += chunk.length) / size);
  }
  return { sha256: sha256.digest("hex"), blake2b512: blake2b512.digest("hex") };
}
