import { open, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { sizeOf, stridesOf } from "../../tensor/tensor.js";
import type { Tensor } from "../../tensor/types.js";
import { bytesOf, checkedSize, clampInt, dtypeOf, readTensor, type ElementType } from "../elements.js";
import { damaged } from "../exportRecipe.js";
import { OperatorError } from "../../errors/operatorError.js";
import { MAX_ELEMENTS } from "../../graph/builder.js";
import type { GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto } from "./proto.js";

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
  [17, "float8e4m3fn"],
  [18, "float8e4m3fnuz"],
  [19, "float8e5m2"],
  [20, "float8e5m2fnuz"],
]);

/** Two numbers a byte, the lower bits first; as integers they are like those of eight bits. */
const halfBytes = new Map<number, ElementType>([
  [21, "uint8"],
  [22, "int8"],
]);

export function onnxElementType(dataType: number): ElementType {
  const packed = halfBytes.get(dataType);
  if (packed !== undefined) return packed;
  const type = elementTypes.get(dataType);
  if (type === undefined) {
    const name = otherTypes.get(dataType) ?? `number ${dataType}`;
    throw new OperatorError(`there is no support for tensors of ONNX's type ${name}; use float32 or int64`);
  }
  return type;
}

/** Types of whole files that no circuit can take. */
const otherTypes = new Map<number, string>([
  [8, "string"],
  [14, "complex64"],
  [15, "complex128"],
  [23, "float4e2m1"],
  [24, "float8e8m0"],
  [25, "uint2"],
  [26, "int2"],
]);

/** The content of the files that a model refers to, by the names it uses. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

const MAX_EXTERNAL_BYTES = 2 ** 29;

/** Reads the files of a model's external tensors. All must lie in the model's own folder, links followed. */
export async function readExternalFiles(
  model: Pick<ModelProto, "graph" | "functions">,
  modelFile: string,
): Promise<Map<string, Uint8Array>> {
  const tensors = [
    ...(model.graph === undefined ? [] : tensorsOf(model.graph)),
    ...model.functions.flatMap(({ node }) => node.flatMap(tensorsOfNode)),
  ];
  const locations = new Set(tensors.filter(isExternal).map((tensor) => external(tensor, "location")));
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

/** Every tensor of a graph: its initializers, and those in its nodes' attributes and subgraphs. */
function tensorsOf({ initializer, sparseInitializer, node }: GraphProto): TensorProto[] {
  return [...initializer, ...sparseInitializer.flatMap(partsOf), ...node.flatMap(tensorsOfNode)];
}

function tensorsOfNode({ attribute }: NodeProto): TensorProto[] {
  return attribute.flatMap(({ t, g, sparse }) => [
    ...(t === undefined ? [] : [t]),
    ...(sparse === undefined ? [] : partsOf(sparse)),
    ...(g === undefined ? [] : tensorsOf(g)),
  ]);
}

function partsOf({ values, indices }: SparseTensorProto): TensorProto[] {
  return [values, indices].filter((tensor) => tensor !== undefined);
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
      "MODEL_DAMAGED",
      `${model} keeps its weights in "${location}", which is not beside it`,
      "Copy the model together with its data file, or save it as a single file.",
      error instanceof Error ? error : undefined,
    );
  }
  if (!isInside(folder, real))
    throw damaged(model, `"${location}" links to a file outside the model's folder`);
  const info = await stat(real);
  if (!info.isFile() || info.size > room)
    throw damaged(model, `"${location}" is not a file of at most 512 MiB`);
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
  const size = sizeWithin(shape, tensor.name);
  if (halfBytes.has(tensor.dataType)) return fromHalfBytes(tensor, files, type, size);
  if (isExternal(tensor)) return fromBytes(externalBytes(tensor, files, size * bytesOf(type)), type, shape);
  if (tensor.rawData !== undefined) return fromBytes(tensor.rawData, type, shape);
  const values = typedValues(tensor, type);
  if (values.length !== size)
    throw new RangeError(`tensor "${tensor.name}" has ${values.length} values, not ${size}`);
  return { dtype: dtypeOf(type), shape: [...shape], data: Float64Array.from(values, clampInt64(type)) };
}

/** A tensor can be larger than any circuit without being damaged. */
function sizeWithin(shape: readonly number[], name: string): number {
  const size = sizeOf(shape);
  if (shape.every((n) => Number.isSafeInteger(n) && n >= 0) && size > MAX_ELEMENTS && size < 2 ** 40) {
    throw new OperatorError(
      `the tensor "${name}" has ${size} elements; at most ${MAX_ELEMENTS} of one are taken, far above what a circuit can hold`,
    );
  }
  return checkedSize(shape);
}

/** The elements that are stored, at their places; all others are 0. */
export function decodeSparse({ values, indices, dims }: SparseTensorProto, files: ExternalFiles): Tensor {
  const name = values?.name ?? "";
  if (values === undefined || indices === undefined)
    throw new Error(`the sparse tensor "${name}" has no values`);
  const data = new Float64Array(sizeWithin(dims, name));
  const { dtype, data: stored } = decodeTensor(values, files);
  const places = decodeTensor(indices, files).data;
  // Flat positions, or one row of indices for each element.
  const width = indices.dims.length === 2 ? dims.length : 1;
  if (places.length !== stored.length * width)
    throw new RangeError(
      `the sparse tensor "${name}" has ${places.length} indices for ${stored.length} values`,
    );
  const strides = width === 1 && indices.dims.length !== 2 ? [1] : stridesOf(dims);
  const sizes = width === 1 && indices.dims.length !== 2 ? [data.length] : dims;
  stored.forEach((value, i) => {
    let position = 0;
    for (let axis = 0; axis < width; axis++) {
      const place = places[i * width + axis];
      if (!(place >= 0 && place < sizes[axis]))
        throw new RangeError(`the sparse tensor "${name}" has a value outside its shape`);
      position += place * strides[axis];
    }
    data[position] = value;
  });
  return { dtype, shape: [...dims], data };
}

function fromHalfBytes(tensor: TensorProto, files: ExternalFiles, type: ElementType, size: number): Tensor {
  const count = Math.ceil(size / 2);
  const bytes = isExternal(tensor)
    ? externalBytes(tensor, files, count)
    : (tensor.rawData ?? Uint8Array.from(tensor.int32Data));
  if (bytes.length !== count)
    throw new RangeError(`${bytes.length} bytes are not those of ${size} numbers of four bits`);
  const data = Float64Array.from({ length: size }, (_, i) => {
    const bits = i % 2 === 0 ? bytes[i >> 1] & 15 : bytes[i >> 1] >> 4;
    return type === "int8" && bits > 7 ? bits - 16 : bits;
  });
  return { dtype: dtypeOf(type), shape: [...tensor.dims], data };
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
  if (type.startsWith("float8"))
    return [...readTensor(Uint8Array.from(tensor.int32Data), type, [tensor.int32Data.length], [1]).data];
  if (type === "float16" || type === "bfloat16") return halves(tensor.int32Data, type);
  return tensor.int32Data;
}

/** Half-precision values are stored as their bits in int32 fields. */
function halves(bits: readonly number[], type: ElementType): readonly number[] {
  const bytes = new Uint8Array(Uint16Array.from(bits).buffer);
  return [...readTensor(bytes, type, [bits.length], [1]).data];
}
