import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { need } from "./refused.js";

/** Well above what any file of the format has. A file can claim 2^32. */
const MOST_SECTIONS = 64;

interface Place {
  readonly start: number;
  readonly length: number;
}

/**
 * A file in iden3's binary format, version 1: four characters, the version, the number of sections, and each section
 * with its number and length. Reads strictly: each section once, nothing after the last one. Every length is compared
 * with the size of the file before anything is read or allocated.
 */
export class SectionFile {
  private constructor(
    private readonly file: number,
    private readonly what: string,
    private readonly sections: ReadonlyMap<number, Place>,
    /** Bytes of the whole file. */
    readonly size: number,
  ) {}

  /**
   * @param path of the file.
   * @param magic the four characters that it begins with.
   * @throws Refused if it is not in the format; Torch2CircomError if it cannot be read.
   */
  static open(path: string, magic: "zkey" | "ptau"): SectionFile {
    const file = openRegularFile(path);
    try {
      const { size } = fstatSync(file);
      return new SectionFile(file, magic, readSections(file, size, magic), size);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /** Numbers of the sections, in the order of the file. */
  get ids(): number[] {
    return [...this.sections.keys()];
  }

  /** Bytes of a section. @throws Refused if there is no such section */
  length(id: number): number {
    return this.place(id).length;
  }

  /**
   * Bytes of a section.
   *
   * @param id of the section.
   * @param offset of the first byte in the section.
   * @param length in bytes; the caller bounds it.
   * @throws Refused if the section is shorter.
   */
  read(id: number, offset = 0, length = this.length(id) - offset): Buffer {
    const { start, length: available } = this.place(id);
    need(offset + length <= available, `${this.what}: section ${id} is too short`);
    return readBytes(this.file, start + offset, length, this.what);
  }

  /**
   * The bytes of a part of a section, in pieces.
   *
   * @param id of the section.
   * @param options.offset of the first byte. @default 0
   * @param options.length of the part, in bytes. @default up to the section's end
   * @param options.piece bytes of each piece but the last. @default 1 MiB
   */
  *pieces(
    id: number,
    { offset = 0, length, piece = 2 ** 20 }: { offset?: number; length?: number; piece?: number } = {},
  ): Generator<Buffer> {
    const end = length ?? this.length(id) - offset;
    for (let done = 0; done < end; done += piece)
      yield this.read(id, offset + done, Math.min(piece, end - done));
  }

  close(): void {
    closeSync(this.file);
  }

  private place(id: number): Place {
    const place = this.sections.get(id);
    need(place !== undefined, `${this.what}: section ${id} is missing`);
    return place;
  }
}

function openRegularFile(path: string): number {
  try {
    // Opening a pipe waits for its writer.
    if (!statSync(path).isFile()) throw new Error("it is not a file");
    return openSync(path, "r");
  } catch (error) {
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      `${path} cannot be read (${(error as Error).message})`,
      "Check the path.",
      error as Error,
    );
  }
}

function readSections(file: number, size: number, magic: string): Map<number, Place> {
  const start = size < 12 ? undefined : readBytes(file, 0, 12, magic);
  need(start?.toString("latin1", 0, 4) === magic, `the file is not a .${magic} file`);
  need(start.readUInt32LE(4) === 1, `${magic}: its version is not 1`);
  const count = start.readUInt32LE(8);
  need(count <= MOST_SECTIONS, `${magic}: it claims ${count} sections`);
  const sections = new Map<number, Place>();
  let at = 12;
  for (let i = 0; i < count; i++) {
    need(at + 12 <= size, `${magic}: it is cut off`);
    const head = readBytes(file, at, 12, magic);
    const id = head.readUInt32LE(0);
    const length = Number(head.readBigUInt64LE(4));
    at += 12;
    need(!sections.has(id), `${magic}: section ${id} is there twice`);
    need(length <= size - at, `${magic}: section ${id} is cut off`);
    sections.set(id, { start: at, length });
    at += length;
  }
  need(at === size, `${magic}: ${size - at} bytes follow the last section`);
  return sections;
}

function readBytes(file: number, at: number, length: number, what: string): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    // One read takes at most 2 GB.
    const read = readSync(file, bytes, done, Math.min(length - done, 2 ** 30), at + done);
    need(read > 0, `${what}: it became shorter while it was read`);
    done += read;
  }
  return bytes;
}
