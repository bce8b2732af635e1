import { crc32, inflateRawSync } from "node:zlib";
import { fromBufferPromise, type Entry } from "yauzl";
import { asDamaged, damaged } from "./exportRecipe.js";

/** A zip file's entries, all checked to lie apart inside the file. */
export interface Archive {
  /** In the order of the central directory. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** The entry's bytes, unpacked and checked against their size and CRC; a view of the file where it is stored. */
  read(name: string): Uint8Array;
}

const MAX_ENTRIES = 20_000;
const MAX_UNPACKED_BYTES = 2 ** 30;
/** Deflate reaches 1032 to 1 on zeros. Large entries are refused beyond this ratio; small ones can do no harm. */
const MAX_RATIO = 200;
const SMALL = 2 ** 25;

interface Part {
  readonly entry: Entry;
  readonly start: number;
  readonly end: number;
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] <= 6 && bytes[3] <= 7;
}

/**
 * Opens a zip file held in memory. Central directory and local headers are read by yauzl; on top of it, names must
 * be unique, entries must not overlap, and the total and the ratio of unpacked sizes are bounded.
 * @param file what to call the file in errors.
 */
export async function openArchive(bytes: Uint8Array, file: string): Promise<Archive> {
  let parts: Map<string, Part>;
  try {
    parts = await locate(bytes, file);
  } catch (error) {
    throw asDamaged(file, error);
  }
  return {
    names: [...parts.keys()],
    has: (name) => parts.has(name),
    read(name) {
      const part = parts.get(name);
      if (part === undefined) throw damaged(file, `it has no entry "${name}"`);
      return unpack(bytes, part, `${file}: ${name}`);
    },
  };
}

async function locate(bytes: Uint8Array, file: string): Promise<Map<string, Part>> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zip = await fromBufferPromise(buffer, { strictFileNames: true });
  if (zip.entryCount > MAX_ENTRIES) throw damaged(file, `it claims ${zip.entryCount} entries`);
  const parts = new Map<string, Part>();
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const { fileName } = entry;
    if (fileName.endsWith("/")) continue;
    if (parts.has(fileName)) throw damaged(file, `it has two entries named "${fileName}"`);
    if (entry.isEncrypted()) throw damaged(file, `entry "${fileName}" is encrypted`);
    if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
      throw damaged(
        file,
        `entry "${fileName}" is packed by method ${entry.compressionMethod}, not by deflate`,
      );
    }
    total += entry.uncompressedSize;
    const bomb = entry.uncompressedSize > SMALL && entry.uncompressedSize > MAX_RATIO * entry.compressedSize;
    if (bomb || total > MAX_UNPACKED_BYTES)
      throw damaged(file, `entry "${fileName}" unpacks to too many bytes`);
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const end = fileDataStart + entry.compressedSize;
    if (end > bytes.length) throw damaged(file, `entry "${fileName}" reaches beyond the end`);
    parts.set(fileName, { entry, start: fileDataStart, end });
  }
  const inOrder = [...parts.values()].sort(
    (a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader,
  );
  inOrder.forEach(({ end }, i) => {
    const next = inOrder[i + 1]?.entry;
    if (next !== undefined && next.relativeOffsetOfLocalHeader < end) {
      throw damaged(file, `entry "${next.fileName}" overlaps another`);
    }
  });
  return parts;
}

function unpack(bytes: Uint8Array, { entry, start, end }: Part, what: string): Uint8Array {
  const packed = bytes.subarray(start, end);
  let content: Uint8Array = packed;
  if (entry.compressionMethod === 8) {
    try {
      // One byte more than declared shows an entry that lies about its size.
      content = inflateRawSync(packed, { maxOutputLength: entry.uncompressedSize + 1 });
    } catch (error) {
      throw asDamaged(what, error);
    }
  }
  if (content.length !== entry.uncompressedSize) throw damaged(what, "its size is not the declared one");
  if (crc32(content) !== entry.crc32) throw damaged(what, "its checksum does not match");
  return content;
}
