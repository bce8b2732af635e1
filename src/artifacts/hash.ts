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
