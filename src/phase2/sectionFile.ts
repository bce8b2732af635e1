import { u32At } from "../groth16/u32.js";
import { need } from "./refused.js";

/** Well above what any file of the format has. A file can claim 2^32. */
const MOST_SECTIONS = 64;

/** Bytes of a file, wherever they are. */
export interface ByteSource<Bytes extends Uint8Array> {
  readonly size: number;
  /** All of the bytes of a part that is in the file. */
  readonly read: (at: number, length: number) => Bytes;
  readonly close: () => void;
}

interface Place {
  readonly start: number;
  readonly length: number;
}

/**
 * A file in iden3's binary format, version 1: four characters, the version, the number of sections, and each section
 * with its number and length. Reads strictly: each section once, nothing after the last one. Every length is compared
 * with the size of the file before anything is read or allocated.
 */
export class SectionFile<Bytes extends Uint8Array = Buffer> {
  private readonly sections: ReadonlyMap<number, Place>;

  /**
   * @param source of the bytes.
   * @param magic the four characters that it begins with.
   * @throws Refused if it is not in the format.
   */
  constructor(
    private readonly source: ByteSource<Bytes>,
    private readonly magic: "zkey" | "ptau",
  ) {
    this.sections = readSections(source, magic);
  }

  /** Bytes of the whole file. */
  get size(): number {
    return this.source.size;
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
  read(id: number, offset = 0, length = this.length(id) - offset): Bytes {
    const { start, length: available } = this.place(id);
    need(offset + length <= available, `${this.magic}: section ${id} is too short`);
    return this.source.read(start + offset, length);
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
  ): Generator<Bytes> {
    const end = length ?? this.length(id) - offset;
    for (let done = 0; done < end; done += piece)
      yield this.read(id, offset + done, Math.min(piece, end - done));
  }

  close(): void {
    this.source.close();
  }

  private place(id: number): Place {
    const place = this.sections.get(id);
    need(place !== undefined, `${this.magic}: section ${id} is missing`);
    return place;
  }
}

function readSections({ size, read }: ByteSource<Uint8Array>, magic: string): Map<number, Place> {
  const start = size < 12 ? undefined : read(0, 12);
  const isMagic = start !== undefined && String.fromCharCode(...start.subarray(0, 4)) === magic;
  need(isMagic, `the file is not a .${magic} file`);
  need(u32At(start, 4) === 1, `${magic}: its version is not 1`);
  const count = u32At(start, 8);
  need(count <= MOST_SECTIONS, `${magic}: it claims ${count} sections`);
  const sections = new Map<number, Place>();
  let at = 12;
  for (let i = 0; i < count; i++) {
    need(at + 12 <= size, `${magic}: it is cut off`);
    const head = read(at, 12);
    const id = u32At(head);
    const length = u32At(head, 4) + 2 ** 32 * u32At(head, 8);
    at += 12;
    need(!sections.has(id), `${magic}: section ${id} is there twice`);
    need(length <= size - at, `${magic}: section ${id} is cut off`);
    sections.set(id, { start: at, length });
    at += length;
  }
  need(at === size, `${magic}: ${size - at} bytes follow the last section`);
  return sections;
}
