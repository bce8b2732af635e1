import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/**
 * Protocol buffer messages as tables of fields, over the wire reader of @bufbuild/protobuf (which checks every
 * length against the buffer). Fields that a table does not name are skipped, so doc strings, source lines and
 * metadata never leave this reader.
 */

type Field<T> = (reader: BinaryReader, wireType: WireType, previous?: T) => T;
type Fields<M> = { readonly [K in keyof M]-?: readonly [number: number, field: Field<NonNullable<M[K]>>] };
type AnyField = Field<unknown>;

/** Reads one message from all of a buffer. */
export type Decoder<M> = (buffer: Uint8Array) => M;

/** Messages nest a few levels in real files; deeper ones are refused before the stack is. */
const MAX_DEPTH = 24;
let depth = 0;

/** A reader of one message type. `empty` makes the message that has none of its fields; `fields` is asked late, so that types may nest in themselves. */
export function message<M extends object>(empty: () => M, fields: () => Fields<M>): Decoder<M> {
  let byNumber: Map<number, readonly [string, AnyField]> | undefined;
  return (buffer) => {
    byNumber ??= new Map(
      Object.entries<readonly [number, AnyField]>(
        fields() as Record<string, readonly [number, AnyField]>,
      ).map(([name, [number, field]]) => [number, [name, field]]),
    );
    if (depth >= MAX_DEPTH) throw new Error("its messages nest too deeply");
    depth += 1;
    try {
      const result = empty();
      decode(new BinaryReader(buffer), result as Record<string, unknown>, byNumber);
      return result;
    } finally {
      depth -= 1;
    }
  };
}

function decode(
  reader: BinaryReader,
  result: Record<string, unknown>,
  byNumber: ReadonlyMap<number, readonly [string, AnyField]>,
): void {
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const known = byNumber.get(number);
    if (known === undefined) {
      reader.skip(wireType, number);
    } else {
      const [name, field] = known;
      result[name] = field(reader, wireType, result[name]);
    }
  }
}

function expectWire(wireType: WireType, wanted: WireType): void {
  if (wireType !== wanted) throw new Error("a field has the wrong wire type");
}

export const text: Field<string> = (reader, wireType) => {
  expectWire(wireType, WireType.LengthDelimited);
  return reader.string();
};

/** A view of the file, not a copy. */
export const bytes: Field<Uint8Array> = (reader, wireType) => {
  expectWire(wireType, WireType.LengthDelimited);
  return reader.bytes();
};

export const int64: Field<number> = (reader, wireType) => {
  expectWire(wireType, WireType.Varint);
  return Number(reader.int64());
};

export const float32: Field<number> = (reader, wireType) => {
  expectWire(wireType, WireType.Bit32);
  return reader.float();
};

export function sub<M>(read: Decoder<M>): Field<M> {
  return (reader, wireType) => read(bytes(reader, wireType));
}

export function repeated<T>(field: Field<T>): Field<T[]> {
  return (reader, wireType, previous) => {
    const list = previous ?? [];
    list.push(field(reader, wireType));
    return list;
  };
}

/** A repeated number, packed in one field or one by one. */
function packed(single: WireType, read: (reader: BinaryReader) => number): Field<number[]> {
  return (reader, wireType, previous) => {
    const list = previous ?? [];
    if (wireType !== WireType.LengthDelimited) {
      expectWire(wireType, single);
      list.push(read(reader));
      return list;
    }
    const inner = new BinaryReader(bytes(reader, wireType));
    while (inner.pos < inner.len) list.push(read(inner));
    return list;
  };
}

export const int64s = packed(WireType.Varint, (reader) => Number(reader.int64()));
export const uint64s = packed(WireType.Varint, (reader) => Number(reader.uint64()));
export const floats = packed(WireType.Bit32, (reader) => reader.float());
export const doubles = packed(WireType.Bit64, (reader) => reader.double());
