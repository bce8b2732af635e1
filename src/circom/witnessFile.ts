import { FIELD_ORDER } from "./field.js";

/**
 * A witness as the bytes of a `.wtns` file (format of iden3, version 2), which provers read.
 *
 * @param witness one value for each wire, any representatives modulo the field's order.
 */
export function encodeWitness(witness: readonly bigint[]): Uint8Array {
  const headerBytes = 4 + 32 + 4;
  const bytes = new Uint8Array(12 + 12 + headerBytes + 12 + 32 * witness.length);
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
  u64(BigInt(headerBytes));
  u32(32);
  element(FIELD_ORDER);
  u32(witness.length);
  u32(2);
  u64(BigInt(32 * witness.length));
  for (const value of witness) element(((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER);
  return bytes;
}
