import { FIELD_ORDER } from "./field.js";

/**
 * One element for each wire, in the order of the `.r1cs`: 32 bytes little-endian in [0, r), or numbers, any
 * representatives modulo the field's order.
 */
export type Witness = Uint8Array | readonly bigint[];

/** Bytes of the section before the elements: their size, the field's order, their count. */
const HEADER_BYTES = 4 + 32 + 4;

/** A witness as the bytes of a `.wtns` file (format of iden3, version 2), which provers read. */
export function encodeWitness(witness: Witness): Uint8Array {
  const wires = wireCount(witness);
  const bytes = new Uint8Array(12 + 12 + HEADER_BYTES + 12 + 32 * wires);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const u32 = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const u64 = (value: bigint): void => {
    view.setBigUint64(at, BigInt.asUintN(64, value), true);
    at += 8;
  };
  const element = (value: bigint): void => {
    for (let word = 0n; word < 4n; word++) u64(value >> (64n * word));
  };
  bytes.set(new TextEncoder().encode("wtns"));
  at = 4;
  u32(2); // version
  u32(2); // sections
  u32(1);
  u64(BigInt(HEADER_BYTES));
  u32(32);
  element(FIELD_ORDER);
  u32(wires);
  u32(2);
  u64(BigInt(32 * wires));
  if (witness instanceof Uint8Array) bytes.set(witness, at);
  else for (const value of witness) element(((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER);
  return bytes;
}

/** The elements of the wires from `first` up to `end`, in [0, r). @default all of them */
export function witnessElements(witness: Witness, first = 0, end = wireCount(witness)): bigint[] {
  if (!(witness instanceof Uint8Array))
    return witness.slice(first, end).map((value) => ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER);
  const view = new DataView(witness.buffer, witness.byteOffset, witness.byteLength);
  return Array.from({ length: end - first }, (_, i) =>
    [3, 2, 1, 0].reduce(
      (value, word) => (value << 64n) | view.getBigUint64(32 * (first + i) + 8 * word, true),
      0n,
    ),
  );
}

function wireCount(witness: Witness): number {
  if (!(witness instanceof Uint8Array)) return witness.length;
  if (witness.length % 32 !== 0)
    throw new RangeError(`a witness of ${witness.length} bytes, not 32 per wire`);
  return witness.length / 32;
}
