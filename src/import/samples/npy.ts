import { sizeOf, stridesOf } from "../../tensor/tensor.js";
import { bytesOf, checkedSize, dtypeOf, readTensor, type ElementType } from "../elements.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { damaged, reading } from "../exportRecipe.js";
import type { SampleArray } from "./array.js";
import { textsOf } from "./names.js";

const types: Record<string, ElementType> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  b1: "bool",
};

/**
 * Reads a NumPy array file, format versions 1 to 3 (numpy.lib.format), in C or Fortran order.
 * @throws Torch2CircomError for other element types, above all pickled objects, and for damaged files.
 */
export function readNpy(bytes: Uint8Array, file: string): SampleArray {
  const { text, dataStart } = header(bytes, file);
  const descriptor = /'descr':\s*'([<>|=])(\w+)'/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const dimensions = /'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  const type = descriptor && Object.hasOwn(types, descriptor[2]) ? types[descriptor[2]] : undefined;
  if (type === undefined) {
    const given = /'descr':\s*([^,]*)/.exec(text)?.[1] ?? "none";
    throw notNumbers(file, given);
  }
  if (order === undefined || dimensions === undefined)
    throw damaged(file, "its header lacks the shape or the order");
  const shape = numbersOf(dimensions);
  return reading(file, () => {
    const strides = order === "True" ? stridesOf([...shape].reverse()).reverse() : stridesOf(shape);
    const little = descriptor![1] !== ">";
    const { data } = readTensor(bytes.subarray(dataStart), type, shape, strides, 0, little);
    return { dtype: dtypeOf(type), shape, data };
  });
}

/** The list of text that a file under such a name holds; undefined where it holds numbers. @throws as {@link textsOf} does */
export function readTexts(bytes: Uint8Array, file: string): string[] | undefined {
  const { text, dataStart } = header(bytes, file);
  const descr = /'descr':\s*'([<>|][US]\d+)'/.exec(text)?.[1];
  if (descr === undefined) return undefined;
  const shape = numbersOf(/'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1] ?? "");
  return textsOf(descr, shape, bytes.subarray(dataStart), file);
}

/** One field of a structured array: where it lies in a record, and what it is. */
interface NpyField {
  readonly name: string;
  readonly type: ElementType;
  readonly little: boolean;
  readonly shape: readonly number[];
  readonly offset: number;
}

const FIELD = /\(\s*'([^'\\]*)'\s*,\s*'([<>|=]?)(\w+)'\s*(?:,\s*\(([\d\s,]*)\)\s*)?\)/g;

/** The fields of a structured array (NumPy's records), each as an array; undefined for an array of plain elements. */
export function readRecords(bytes: Uint8Array, file: string): Map<string, SampleArray> | undefined {
  const { text, dataStart } = header(bytes, file);
  const descriptor = /'descr':\s*\[(.*)\]\s*,\s*'fortran_order'/s.exec(text)?.[1];
  if (descriptor === undefined) return undefined;
  const { fields, size } = reading(file, () => fieldsOf(descriptor, file));
  const shape = numbersOf(/'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1] ?? "");
  return reading(file, () => {
    const count = checkedSize(shape);
    const data = bytes.subarray(dataStart);
    if (count * size > data.length)
      throw new RangeError(`${count} records reach beyond its ${data.length} bytes`);
    return new Map(fields.map((field) => [field.name, column(data, field, shape, count, size)]));
  });
}

function column(
  data: Uint8Array,
  { type, little, shape, offset }: NpyField,
  records: readonly number[],
  count: number,
  size: number,
): SampleArray {
  const width = sizeOf(shape) * bytesOf(type);
  const full = [...records, ...shape];
  checkedSize(full);
  const own = new Uint8Array(count * width);
  for (let i = 0; i < count; i++)
    own.set(data.subarray(i * size + offset, i * size + offset + width), i * width);
  return {
    dtype: dtypeOf(type),
    shape: full,
    data: readTensor(own, type, full, stridesOf(full), 0, little).data,
  };
}

function fieldsOf(descriptor: string, file: string): { fields: NpyField[]; size: number } {
  const fields: NpyField[] = [];
  let size = 0;
  for (const [, name, order, code, dimensions] of descriptor.matchAll(FIELD)) {
    const shape = numbersOf(dimensions ?? "");
    const padding = /^V(\d+)$/.exec(code)?.[1];
    const type = Object.hasOwn(types, code) ? types[code] : undefined;
    if (type !== undefined) fields.push({ name: name, type, little: order !== ">", shape, offset: size });
    // Aligned records have fields without a name between the others.
    else if (name !== "" || padding === undefined) throw notNumbers(file, `'${code}' in the field "${name}"`);
    size += type === undefined ? Number(padding) : checkedSize(shape) * bytesOf(type);
  }
  const rest = descriptor.replace(FIELD, "").replace(/[\s,]/g, "");
  if (fields.length === 0 || rest !== "") throw notNumbers(file, "records within records");
  if (new Set(fields.map(({ name }) => name)).size < fields.length)
    throw damaged(file, "two of its fields have one name");
  return { fields, size };
}

function numbersOf(list: string): number[] {
  return list.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
}

function notNumbers(file: string, given: string): Torch2CircomError {
  return new Torch2CircomError(
    "SAMPLES_INVALID",
    `${file} has elements of type ${given}, not numbers or bools`,
    'Save the array with astype("float32"), or "int64" for token numbers.',
  );
}

function header(bytes: Uint8Array, file: string): { text: string; dataStart: number } {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic !== "\x93NUMPY") throw damaged(file, "it is not a NumPy array");
  const version = bytes[6] ?? 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = version >= 2;
  const start = wide ? 12 : 10;
  if (version < 1 || version > 3 || bytes.length < start)
    throw damaged(file, `its format version ${version} is unknown`);
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > 65_536 || start + length > bytes.length) throw damaged(file, "its header is cut off");
  return { text: new TextDecoder().decode(bytes.subarray(start, start + length)), dataStart: start + length };
}
