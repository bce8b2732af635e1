import { formatShape, sizeOf, walk } from "../tensor/tensor.js";
import { MAX_ELEMENTS } from "../graph/builder.js";
import type { DType, Shape, Tensor } from "../tensor/types.js";

/** The element types of files; all are read into doubles. */
export type ElementType =
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "bool"
  | Float8;

/** Eight bits: sign, exponent, fraction; "fn" has no infinity, "uz" no negative 0. */
type Float8 = "float8e4m3fn" | "float8e4m3fnuz" | "float8e5m2" | "float8e5m2fnuz";

type Read = (view: DataView, at: number, little: boolean) => number;

const readers: Record<ElementType, { bytes: number; dtype: DType; read: Read }> = {
  float16: { bytes: 2, dtype: "float", read: (v, at, le) => float16(v.getUint16(at, le)) },
  bfloat16: { bytes: 2, dtype: "float", read: (v, at, le) => bfloat16(v.getUint16(at, le)) },
  float32: { bytes: 4, dtype: "float", read: (v, at, le) => v.getFloat32(at, le) },
  float64: { bytes: 8, dtype: "float", read: (v, at, le) => v.getFloat64(at, le) },
  int8: { bytes: 1, dtype: "int", read: (v, at) => v.getInt8(at) },
  uint8: { bytes: 1, dtype: "int", read: (v, at) => v.getUint8(at) },
  int16: { bytes: 2, dtype: "int", read: (v, at, le) => v.getInt16(at, le) },
  uint16: { bytes: 2, dtype: "int", read: (v, at, le) => v.getUint16(at, le) },
  int32: { bytes: 4, dtype: "int", read: (v, at, le) => v.getInt32(at, le) },
  uint32: { bytes: 4, dtype: "int", read: (v, at, le) => v.getUint32(at, le) },
  int64: { bytes: 8, dtype: "int", read: (v, at, le) => clampInt(Number(v.getBigInt64(at, le))) },
  uint64: { bytes: 8, dtype: "int", read: (v, at, le) => clampInt(Number(v.getBigUint64(at, le))) },
  float8e4m3fn: { bytes: 1, dtype: "float", read: (v, at) => float8(v.getUint8(at), 3, 7, "fn") },
  float8e4m3fnuz: { bytes: 1, dtype: "float", read: (v, at) => float8(v.getUint8(at), 3, 8, "uz") },
  float8e5m2: { bytes: 1, dtype: "float", read: (v, at) => float8(v.getUint8(at), 2, 15, "ieee") },
  float8e5m2fnuz: { bytes: 1, dtype: "float", read: (v, at) => float8(v.getUint8(at), 2, 16, "uz") },
  bool: { bytes: 1, dtype: "bool", read: (v, at) => (v.getUint8(at) === 0 ? 0 : 1) },
};

export function bytesOf(type: ElementType): number {
  return readers[type].bytes;
}

export function dtypeOf(type: ElementType): DType {
  return readers[type].dtype;
}

/** Integers beyond 2^53 occur only as "until the end"; the nearest safe integer says the same. */
export function clampInt(value: number): number {
  return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

/**
 * Reads a tensor out of a storage. Strides and offset count elements.
 * Throws a RangeError when any element lies outside the storage or the shape is too large.
 */
export function readTensor(
  storage: Uint8Array,
  type: ElementType,
  shape: Shape,
  strides: readonly number[],
  offset = 0,
  little = true,
): Tensor {
  const { bytes, dtype, read } = readers[type];
  const size = checkedSize(shape);
  if (strides.length !== shape.length)
    throw new RangeError(`${strides.length} strides for ${shape.length} axes`);
  if (size > 0) {
    const last = strides.reduce((sum, stride, axis) => sum + stride * (shape[axis] - 1), offset);
    const valid = [offset, ...strides].every((value) => Number.isSafeInteger(value) && value >= 0);
    if (!valid || (last + 1) * bytes > storage.length) {
      throw new RangeError(
        `a tensor of shape ${formatShape(shape)} reaches beyond its ${storage.length} bytes`,
      );
    }
  }
  const view = new DataView(storage.buffer, storage.byteOffset, storage.byteLength);
  const data = new Float64Array(size);
  walk(shape, strides, offset, (position, element) => {
    data[position] = read(view, element * bytes, little);
  });
  return { dtype, shape: [...shape], data };
}

/** The number of elements of a shape that came from a file. */
export function checkedSize(shape: Shape): number {
  const valid = shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0);
  if (!valid || shape.length > 32 || sizeOf(shape) > MAX_ELEMENTS) {
    throw new RangeError(`the shape ${formatShape(shape)} is not one of at most ${MAX_ELEMENTS} elements`);
  }
  return sizeOf(shape);
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A number of eight bits, of which so many are the fraction's. */
function float8(bits: number, fractionBits: number, bias: number, form: "ieee" | "fn" | "uz"): number {
  const sign = bits & 0x80 ? -1 : 1;
  const magnitude = bits & 0x7f;
  const exponent = magnitude >> fractionBits;
  const fraction = magnitude & (2 ** fractionBits - 1);
  if (form === "uz" && bits === 0x80) return NaN;
  if (form === "fn" && magnitude === 0x7f) return NaN;
  if (form === "ieee" && exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  const unit = 2 ** (Math.max(exponent, 1) - bias - fractionBits);
  return sign * (fraction + (exponent === 0 ? 0 : 2 ** fractionBits)) * unit;
}

const scratch = new DataView(new ArrayBuffer(4));

function bfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}
