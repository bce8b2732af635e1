import { open, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { Torch2CircomError } from "../../errors.js";
import { sizeOf, stridesOf } from "../../graph/tensor.js";
import type { Tensor } from "../../graph/types.js";
import { bytesOf, checkedSize, clampInt, dtypeOf, readTensor, type ElementType } from "../elements.js";
import { damaged } from "../exportRecipe.js";
import type { GraphProto, TensorProto } from "./proto.js";

/** ONNX's TensorProto.DataType. */
const elementTypes = new Map<number, ElementType>([
  [1, "float32"],
  [2, "uint8"],
  [3, "int8"],
  [4, "uint16"],
  [5, "int16"],
  [6, "int32"],
  [7, "int64"],
  [9, "bool"],
  [10, "float16"],
  [11, "float64"],
  [12, "uint32"],
  [13, "uint64"],
  [16, "bfloat16"],
]);

export function onnxElementType(dataType: number): ElementType {
  const type = elementTypes.get(dataType);
  if (type === undefined) throw new Error(`there is no support for tensors of ONNX's data type ${dataType}`);
  return type;
}

/** The content of the files that a model refers to, by the names it uses. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

const MAX_EXTERNAL_BYTES = 2 ** 29;

/** Reads the files of a model's external tensors. All must lie in the model's own folder, links followed. */
export async function readExternalFiles(
  graph: GraphProto,
  modelFile: string,
): Promise<Map<string, Uint8Array>> {
  const locations = new Set(
    graph.initializer.filter(isExternal).map((tensor) => external(tensor, "location")),
  );
  const files = new Map<string, Uint8Array>();
  const folder = await realpath(path.dirname(modelFile));
  let total = 0;
  for (const location of [...locations].sort()) {
    const bytes = await readInside(folder, location, path.basename(modelFile), MAX_EXTERNAL_BYTES - total);
    total += bytes.length;
    files.set(location, bytes);
  }
  return files;
}

async function readInside(
  folder: string,
  location: string,
  model: string,
  room: number,
): Promise<Uint8Array> {
  const wanted = path.resolve(folder, location);
  if (location === "" || path.isAbsolute(location) || !isInside(folder, wanted)) {
    throw damaged(model, `its weights are said to lie in "${location}", outside the model's folder`);
  }
  let real: string;
  try {
    real = await realpath(wanted);
  } catch (error) {
    throw new Torch2CircomError(
      `${model} keeps its weights in "${location}", which is not beside it`,
      "Copy the model together with its data file, or save it as a single file.",
      error instanceof Error ? error : undefined,
    );
  }
  if (!isInside(folder, real))
    throw damaged(model, `"${location}" links to a file outside the model's folder`);
  const info = await stat(real);
  if (!info.isFile() || info.size > room) throw damaged(model, `"${location}" is no file of at most 512 MiB`);
  const handle = await open(real);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
}

function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === 1;
}

function external(tensor: TensorProto, key: string): string {
  return tensor.externalData.find((entry) => entry.key === key)?.value ?? "";
}

/** The tensor's elements, from whichever of the fields holds them. Throws a RangeError where they do not fit. */
export function decodeTensor(tensor: TensorProto, files: ExternalFiles): Tensor {
  const type = onnxElementType(tensor.dataType);
  const shape = tensor.dims;
  const size = checkedSize(shape);
  if (isExternal(tensor)) return fromBytes(externalBytes(tensor, files, size * bytesOf(type)), type, shape);
  if (tensor.rawData !== undefined) return fromBytes(tensor.rawData, type, shape);
  const values = typedValues(tensor, type);
  if (values.length !== size)
    throw new RangeError(`tensor "${tensor.name}" has ${values.length} values, not ${size}`);
  return { dtype: dtypeOf(type), shape: [...shape], data: Float64Array.from(values, clampInt64(type)) };
}

function clampInt64(type: ElementType): (value: number) => number {
  return type === "int64" || type === "uint64" ? clampInt : (value) => value;
}

function fromBytes(bytes: Uint8Array, type: ElementType, shape: readonly number[]): Tensor {
  if (bytes.length !== sizeOf(shape) * bytesOf(type)) {
    throw new RangeError(`${bytes.length} bytes are not those of a tensor of shape [${shape.join(", ")}]`);
  }
  return readTensor(bytes, type, shape, stridesOf(shape));
}

function externalBytes(tensor: TensorProto, files: ExternalFiles, length: number): Uint8Array {
  const file = files.get(external(tensor, "location"));
  const offset = Number(external(tensor, "offset") || "0");
  const declared = external(tensor, "length");
  if (file === undefined || !Number.isSafeInteger(offset) || offset < 0 || offset + length > file.length) {
    throw new RangeError(`tensor "${tensor.name}" reaches beyond its data file`);
  }
  if (declared !== "" && Number(declared) !== length) {
    throw new RangeError(`tensor "${tensor.name}" has ${declared} bytes, not ${length}`);
  }
  return file.subarray(offset, offset + length);
}

function typedValues(tensor: TensorProto, type: ElementType): readonly number[] {
  if (type === "float32") return tensor.floatData;
  if (type === "float64") return tensor.doubleData;
  if (type === "int64") return tensor.int64Data;
  if (type === "uint32" || type === "uint64") return tensor.uint64Data;
  if (type === "float16" || type === "bfloat16") return halves(tensor.int32Data, type);
  return tensor.int32Data;
}

/** Half-precision values are stored as their bits in int32 fields. */
function halves(bits: readonly number[], type: ElementType): readonly number[] {
  const bytes = new Uint8Array(Uint16Array.from(bits).buffer);
  return [...readTensor(bytes, type, [bits.length], [1]).data];
}
