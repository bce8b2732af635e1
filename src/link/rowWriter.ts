import { closeSync, openSync, writeSync } from "node:fs";
import { FIELD_ORDER } from "../circom/field.js";

const WORDS = 8;
const TERM_WORDS = 1 + WORDS;
const BUFFER_WORDS = 1 << 20;

/** A field element as eight 32-bit words, the least first. */
export function wordsOf(value: bigint): Uint32Array {
  let rest = ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER;
  return Uint32Array.from({ length: WORDS }, () => {
    const word = Number(rest & 0xffffffffn);
    rest >>= 32n;
    return word;
  });
}

const ORDER_WORDS = Uint32Array.from({ length: WORDS }, (_, i) =>
  Number((FIELD_ORDER >> BigInt(32 * i)) & 0xffffffffn),
);

export interface R1csCounts {
  readonly wires: number;
  readonly publicOutputs: number;
  readonly publicInputs: number;
  readonly privateInputs: number;
}

/**
 * Writes an `.r1cs` file (format of iden3, version 1) row by row, without holding more than a part of it. The label of each
 * wire is its number.
 */
export class RowWriter {
  private readonly file: number;
  private readonly buffer = new Uint32Array(BUFFER_WORDS);
  private at = 0;
  private written = 0;
  private rowStart: number;
  private rows = 0;

  constructor(
    path: string,
    private readonly counts: R1csCounts,
  ) {
    this.file = openSync(path, "w");
    this.rowStart = HEADER_BYTES;
    this.written = HEADER_BYTES;
  }

  /** Begins a combination of so many terms; a row has three. */
  combination(terms: number): void {
    if (this.at === BUFFER_WORDS) this.flush();
    this.buffer[this.at++] = terms;
  }

  /** A term with a coefficient as words. */
  term(wire: number, coefficients: Uint32Array, index: number): void {
    if (this.at + TERM_WORDS > BUFFER_WORDS) this.flush();
    const { buffer } = this;
    buffer[this.at++] = wire;
    for (let i = 0; i < WORDS; i++) buffer[this.at++] = coefficients[WORDS * index + i];
  }

  /** A term with an integer below 2^31 in size as its coefficient. */
  smallTerm(wire: number, coefficient: number): void {
    if (this.at + TERM_WORDS > BUFFER_WORDS) this.flush();
    const { buffer } = this;
    buffer[this.at++] = wire;
    if (coefficient >= 0) {
      buffer[this.at] = coefficient;
      buffer.fill(0, this.at + 1, this.at + WORDS);
    } else {
      buffer.set(ORDER_WORDS, this.at);
      // The order's least word is above 2^31: nothing is borrowed.
      buffer[this.at] += coefficient;
    }
    this.at += WORDS;
  }

  endRow(): void {
    this.rows++;
  }

  /** Writes the rest, and the header. @returns how many rows there are */
  close(): number {
    this.flush();
    const rowBytes = this.written - this.rowStart;
    const { wires, publicOutputs, publicInputs, privateInputs } = this.counts;
    this.section(3, 8 * wires);
    for (let wire = 0; wire < wires; wire++) {
      if (this.at + 2 > BUFFER_WORDS) this.flush();
      this.buffer[this.at++] = wire;
      this.buffer[this.at++] = 0;
    }
    this.flush();
    const header = Buffer.alloc(HEADER_BYTES);
    header.write("r1cs", "latin1");
    [1, 3, 1].forEach((value, i) => header.writeUInt32LE(value, 4 + 4 * i));
    header.writeBigUInt64LE(BigInt(4 + 32 + 28), 16);
    header.writeUInt32LE(32, 24);
    ORDER_WORDS.forEach((word, i) => header.writeUInt32LE(word, 28 + 4 * i));
    [wires, publicOutputs, publicInputs, privateInputs].forEach((value, i) =>
      header.writeUInt32LE(value, 60 + 4 * i),
    );
    header.writeBigUInt64LE(BigInt(wires), 76);
    header.writeUInt32LE(this.rows, 84);
    header.writeUInt32LE(2, 88);
    header.writeBigUInt64LE(BigInt(rowBytes), 92);
    writeSync(this.file, header, 0, header.length, 0);
    closeSync(this.file);
    return this.rows;
  }

  /** Closes the file as it is, after an error. */
  abandon(): void {
    closeSync(this.file);
  }

  private section(id: number, bytes: number): void {
    if (this.at + 3 > BUFFER_WORDS) this.flush();
    this.buffer[this.at++] = id;
    this.buffer[this.at++] = bytes % 2 ** 32;
    this.buffer[this.at++] = Math.floor(bytes / 2 ** 32);
  }

  private flush(): void {
    const bytes = new Uint8Array(this.buffer.buffer, 0, 4 * this.at);
    for (let from = 0; from < bytes.length;)
      from += writeSync(this.file, bytes, from, bytes.length - from, this.written + from);
    this.written += bytes.length;
    this.at = 0;
  }
}

/** Magic, version, number of sections; the header's section; id and length of that of the rows. */
const HEADER_BYTES = 12 + 12 + 64 + 12;
