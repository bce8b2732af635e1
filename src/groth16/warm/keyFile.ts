import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { u32 } from "../u32.js";
import type { CurveGroup } from "../curveGroup.js";
import { BASE_FIELD_ORDER, encodeScalars, FIELD_ORDER, MAX_DOMAIN_POWER } from "../field.js";
import { unusableKey } from "../keyErrors.js";
import { TERM_BYTES } from "./quotient.js";
import { floorLog2 } from "../../elementary/powersOfTwo.js";

/** The sections of a Groth16 key that hold points of wires or of the domain, in snarkjs's numbering. */
const SECTIONS = { terms: 4, a: 5, b1: 6, b2: 7, c: 8, quotient: 9 } as const;

type SectionName = keyof typeof SECTIONS;

export type PointsName = Exclude<SectionName, "terms">;

/** The group of each section of points. */
export const SECTION_GROUPS = {
  a: "G1",
  b1: "G1",
  b2: "G2",
  c: "G1",
  quotient: "G1",
} as const satisfies Record<PointsName, CurveGroup["name"]>;

/** The header of a Groth16 key. Points are affine, as snarkjs stores them. */
export interface KeyHeader {
  readonly wires: number;
  /** Public signals, without the constant. */
  readonly publics: number;
  /** Of the domain: a power of two. */
  readonly size: number;
  readonly alpha1: Uint8Array;
  readonly beta1: Uint8Array;
  readonly beta2: Uint8Array;
  readonly delta1: Uint8Array;
  readonly delta2: Uint8Array;
}

/** How a header begins: the fields of BN254, each with the size of its elements. */
const FIELDS = Buffer.concat(
  [BASE_FIELD_ORDER, FIELD_ORDER].flatMap((order) => [u32(32), encodeScalars([order])]),
);

/** Points or terms that are read at once: at most 4 MB. */
const PIECE = 2 ** 15;

/**
 * A Groth16 `.zkey`, version 1, whose sections are read in pieces. Sizes are checked against the file before anything
 * is allocated for them.
 */
export class KeyFile {
  readonly header: KeyHeader;
  private readonly file: number;
  private readonly sections = new Map<number, { readonly at: number; readonly length: number }>();

  /** @throws Torch2CircomError if the file is not such a key, or is cut off */
  constructor(private readonly path: string) {
    this.file = openSync(path, "r");
    try {
      this.readSections();
      this.header = this.readHeader();
      this.checkLengths();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** How many points or terms a section has. */
  count(name: SectionName): number {
    return name === "terms"
      ? (this.section(SECTIONS.terms).length - 4) / TERM_BYTES
      : this.section(SECTIONS[name]).length / unitBytes(name);
  }

  /** The points or terms of a section, from `first` up to `end`, in pieces. */
  *read(name: SectionName, first = 0, end = this.count(name)): Generator<Uint8Array> {
    const unit = unitBytes(name);
    const start = this.section(SECTIONS[name]).at + (name === "terms" ? 4 : 0);
    for (let at = first; at < end; at += PIECE)
      yield this.bytes(start + at * unit, (Math.min(at + PIECE, end) - at) * unit);
  }

  close(): void {
    closeSync(this.file);
  }

  private readSections(): void {
    const { size } = fstatSync(this.file);
    const start = size < 12 ? undefined : this.bytes(0, 12);
    if (start?.toString("latin1", 0, 4) !== "zkey" || start.readUInt32LE(4) !== 1)
      throw this.damaged("it is not a zkey of version 1");
    let at = 12;
    for (let rest = start.readUInt32LE(8); rest > 0; rest--) {
      if (at + 12 > size) throw this.damaged("it is cut off");
      const head = this.bytes(at, 12);
      const length = Number(head.readBigUInt64LE(4));
      at += 12;
      if (length > size - at) throw this.damaged("it is cut off");
      this.sections.set(head.readUInt32LE(0), { at, length });
      at += length;
    }
  }

  private readHeader(): KeyHeader {
    const { at, length } = this.section(2);
    if (length !== 660) throw this.damaged("its header has another size");
    const protocol = this.section(1);
    if (protocol.length !== 4 || this.bytes(protocol.at, 4).readUInt32LE(0) !== 1)
      throw this.damaged("it is not for Groth16");
    const bytes = this.bytes(at, length);
    if (!bytes.subarray(0, FIELDS.length).equals(FIELDS)) throw this.damaged("it is over another curve");
    const [wires, publics, size] = [72, 76, 80].map((position) => bytes.readUInt32LE(position));
    if (2 ** floorLog2(size) !== size || size >= 2 ** MAX_DOMAIN_POWER || publics >= wires)
      throw this.damaged("its header contradicts itself");
    return {
      ...{ wires, publics, size },
      alpha1: bytes.subarray(84, 148),
      beta1: bytes.subarray(148, 212),
      beta2: bytes.subarray(212, 340),
      delta1: bytes.subarray(468, 532),
      delta2: bytes.subarray(532, 660),
    };
  }

  private checkLengths(): void {
    const { wires, publics, size } = this.header;
    const counts = { a: wires, b1: wires, b2: wires, c: wires - publics - 1, quotient: size };
    for (const [name, count] of Object.entries(counts))
      if (this.count(name as SectionName) !== count) throw this.damaged("a section has another length");
    const terms = this.section(SECTIONS.terms);
    if (terms.length < 4 || this.bytes(terms.at, 4).readUInt32LE(0) !== this.count("terms"))
      throw this.damaged("a section has another length");
  }

  private section(id: number): { at: number; length: number } {
    const section = this.sections.get(id);
    if (section === undefined) throw this.damaged("a section is missing");
    return section;
  }

  private bytes(at: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length;) {
      const read = readSync(this.file, bytes, done, length - done, at + done);
      if (read === 0) throw this.damaged("it is cut off");
      done += read;
    }
    return bytes;
  }

  private damaged(why: string): Error {
    return unusableKey(this.path, why);
  }
}

function unitBytes(name: SectionName): number {
  if (name === "terms") return TERM_BYTES;
  return SECTION_GROUPS[name] === "G1" ? 64 : 128;
}
