import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** One section of a file: its number, and its bytes in pieces. */
export interface Section {
  readonly id: number;
  readonly pieces: readonly Uint8Array[];
}

/**
 * Writes a file in iden3's binary format: magic, version, number of sections, and each section with id and length.
 * It has another name until it is complete.
 *
 * @param magic four characters, such as "zkey".
 */
export function writeBinaryFile(
  path: string,
  magic: string,
  version: number,
  sections: readonly Section[],
): void {
  const unfinished = `${path}.part`;
  const file = openSync(unfinished, "w");
  try {
    writeAll(file, Buffer.concat([Buffer.from(magic, "latin1"), u32(version), u32(sections.length)]));
    for (const { id, pieces } of sections) {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(pieces.reduce((sum, piece) => sum + piece.length, 0)));
      writeAll(file, Buffer.concat([u32(id), length]));
      for (const piece of pieces) writeAll(file, piece);
    }
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}

/** A 32-bit little-endian number. */
export function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function writeAll(file: number, bytes: Uint8Array): void {
  // One write takes at most 2 GB.
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 1 << 30));
}
