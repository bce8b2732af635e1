import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { u32 } from "./u32.js";

/** One section of a file: its number, and its bytes in pieces, which may come as they are made. */
export interface Section {
  readonly id: number;
  readonly pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * Writes a file in iden3's binary format: magic, version, number of sections, and each section with id and length.
 * It has another name until it is complete.
 *
 * @param magic four characters, such as "zkey".
 */
export async function writeBinaryFile(
  path: string,
  magic: string,
  version: number,
  sections: readonly Section[],
): Promise<void> {
  const unfinished = `${path}.part`;
  const file = await open(unfinished, "w");
  try {
    let at = await writeAll(
      file,
      0,
      Buffer.concat([Buffer.from(magic, "latin1"), u32(version), u32(sections.length)]),
    );
    for (const { id, pieces } of sections) {
      const start = at + 12;
      at = start;
      for await (const piece of pieces) at = await writeAll(file, at, piece);
      // Its length is known only now.
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(at - start));
      await writeAll(file, start - 12, Buffer.concat([u32(id), length]));
    }
    await file.close();
    await rename(unfinished, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** @returns where the bytes end. */
async function writeAll(file: FileHandle, position: number, bytes: Uint8Array): Promise<number> {
  // One write takes at most 2 GB.
  for (let at = 0; at < bytes.length;)
    at += (await file.write(bytes, at, Math.min(bytes.length - at, 1 << 30), position + at)).bytesWritten;
  return position + bytes.length;
}
