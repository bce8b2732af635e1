import { stridesOf } from "../../graph/tensor.js";
import { dtypeOf, readTensor, type ElementType } from "../elements.js";
import { Torch2CircomError } from "../../errors.js";
import { damaged, reading } from "../exportRecipe.js";
import type { SampleArray } from "./array.js";

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
  const type = descriptor && Object.hasOwn(types, descriptor[2]!) ? types[descriptor[2]!] : undefined;
  if (type === undefined) {
    const given = /'descr':\s*([^,]*)/.exec(text)?.[1] ?? "none";
    throw new Torch2CircomError(
      `${file} has elements of type ${given}, not numbers or bools`,
      'Save the array with astype("float32"), or "int64" for token numbers.',
    );
  }
  if (order === undefined || dimensions === undefined)
    throw damaged(file, "its header lacks the shape or the order");
  const shape = dimensions.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  return reading(file, () => {
    const strides = order === "True" ? stridesOf([...shape].reverse()).reverse() : stridesOf(shape);
    const little = descriptor![1] !== ">";
    const { data } = readTensor(bytes.subarray(dataStart), type, shape, strides, 0, little);
    return { dtype: dtypeOf(type), shape, data };
  });
}

function header(bytes: Uint8Array, file: string): { text: string; dataStart: number } {
  const magic = Buffer.from(bytes.subarray(0, 6)).toString("latin1");
  if (magic !== "\x93NUMPY") throw damaged(file, "it is no NumPy array");
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
