import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Json } from "../artifacts/canonicalJson.js";
import { hashOf } from "../artifacts/hash.js";

/**
 * Files that can be made again, shared by all builds of a machine. An entry is named by the hash of what it is made from, and
 * begins with the hash of what it holds: one that is damaged counts as missing. It appears when it is complete, so that
 * builds need not wait for each other.
 *
 * @param folder of the cache; made if it is not there
 * @param from all that the entry depends on
 * @param make the entry, as pieces of bytes
 */
export async function cached(
  folder: string,
  from: Json,
  make: () => Promise<readonly Uint8Array[]>,
): Promise<readonly Uint8Array[]> {
  const path = join(folder, `${hashOf(canonicalJson(from))}.bin`);
  const found = await readFile(path).then(unpack, () => undefined);
  if (found !== undefined) return found;
  const pieces = await make();
  await store(path, folder, pack(pieces));
  return pieces;
}

const HASH_BYTES = 32;

function pack(pieces: readonly Uint8Array[]): Uint8Array {
  const lengths = Buffer.alloc(4 * (1 + pieces.length));
  [pieces.length, ...pieces.map(({ length }) => length)].forEach((n, i) => lengths.writeUInt32LE(n, 4 * i));
  const body = Buffer.concat([lengths, ...pieces]);
  return Buffer.concat([createHash("sha256").update(body).digest(), body]);
}

/** @returns undefined for what was not packed, or has changed since */
function unpack(bytes: Buffer): Uint8Array[] | undefined {
  const body = bytes.subarray(HASH_BYTES);
  if (body.length < 4 || !createHash("sha256").update(body).digest().equals(bytes.subarray(0, HASH_BYTES)))
    return undefined;
  const count = body.readUInt32LE(0);
  let at = 4 * (1 + count);
  return Array.from({ length: count }, (_, i) => {
    const end = at + body.readUInt32LE(4 * (1 + i));
    const piece = body.subarray(at, end);
    at = end;
    return piece;
  });
}

/** A cache that cannot be written is no reason to stop: the entry is made again next time. */
async function store(path: string, folder: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } catch {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}
