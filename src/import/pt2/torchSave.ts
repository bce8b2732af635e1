import type { Tensor } from "../../tensor/types.js";
import { readTensor, type ElementType } from "../elements.js";
import { asDamaged, damaged } from "../exportRecipe.js";
import { openArchive, type Archive } from "../zip.js";
import {
  PickleGlobal,
  PickleObject,
  PickleTuple,
  readPickle,
  type PickleHost,
  type PickleValue,
} from "./pickle.js";

/** A tensor of a torch.save file, read when it is asked for. */
export type LazyTensor = () => Tensor;

class Storage {
  constructor(
    readonly bytes: Uint8Array,
    readonly type: ElementType,
  ) {}
}

const storageTypes = new Map<string, ElementType>([
  ["torch.FloatStorage", "float32"],
  ["torch.DoubleStorage", "float64"],
  ["torch.HalfStorage", "float16"],
  ["torch.BFloat16Storage", "bfloat16"],
  ["torch.CharStorage", "int8"],
  ["torch.ByteStorage", "uint8"],
  ["torch.ShortStorage", "int16"],
  ["torch.IntStorage", "int32"],
  ["torch.LongStorage", "int64"],
  ["torch.BoolStorage", "bool"],
]);

/** The only functions that a torch.save pickle may call, each as we mean it. */
const constructors = new Map<string, (args: readonly PickleValue[]) => PickleValue>([
  ["collections.OrderedDict", () => new Map()],
  ["torch._utils._rebuild_tensor", rebuildTensor],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_parameter", ([tensor]) => tensor ?? null],
  ["torch._utils._rebuild_parameter_with_state", ([tensor]) => tensor ?? null],
]);

/** Opens a zip that torch.save wrote and returns what its pickle holds, tensors as PickleObjects of LazyTensor. */
export async function readTorchSave(bytes: Uint8Array, file: string): Promise<PickleValue> {
  return readTorchArchive(await openArchive(bytes, file), file);
}

export function readTorchArchive(archive: Archive, file: string): PickleValue {
  const pickle = archive.names.find((name) => name === "data.pkl" || /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined) throw damaged(file, "it has no data.pkl");
  const folder = pickle.slice(0, -"data.pkl".length);
  requireLittleEndian(archive, `${folder}byteorder`, file);
  const read = new Map<string, Uint8Array>();
  const entry = (name: string): Uint8Array => {
    const bytes = read.get(name) ?? archive.read(name);
    read.set(name, bytes);
    return bytes;
  };
  const host: PickleHost = {
    globals: (name) => constructors.get(name) ?? (storageTypes.has(name) ? "name only" : undefined),
    persistent: (id) => storageOf(id, (key) => entry(`${folder}data/${key}`)),
  };
  try {
    return readPickle(archive.read(pickle), host);
  } catch (error) {
    throw asDamaged(file, error);
  }
}

/** The tensors of a saved dict by name. */
export function namedTensors(value: PickleValue, file: string): Map<string, LazyTensor> {
  const tensors = new Map<string, LazyTensor>();
  if (!(value instanceof Map)) throw damaged(file, "it does not hold a dict of tensors");
  for (const [name, item] of value) {
    if (item instanceof PickleObject && typeof item.value === "function") {
      tensors.set(String(name), item.value as LazyTensor);
    }
  }
  return tensors;
}

export function requireLittleEndian(archive: Archive, name: string, file: string): void {
  if (!archive.has(name)) return;
  const order = new TextDecoder().decode(archive.read(name));
  if (order !== "little")
    throw damaged(file, `its byte order is "${order}"; only little-endian files are read`);
}

/** ("storage", type, key, device, element count): the data lies in the entry data/<key>. */
function storageOf(id: PickleValue, entry: (key: string) => Uint8Array): PickleValue {
  const [kind, type, key] = id instanceof PickleTuple ? id.items : [];
  const element = type instanceof PickleGlobal ? storageTypes.get(type.name) : undefined;
  if (kind !== "storage" || element === undefined || typeof key !== "string") {
    throw new Error("its pickle refers to a storage of unknown kind");
  }
  return new PickleObject(new Storage(entry(key), element));
}

/** (storage, offset, size, stride, …) */
function rebuildTensor([source, offset, size, stride]: readonly PickleValue[]): PickleValue {
  const storage = source instanceof PickleObject ? source.value : undefined;
  if (!(storage instanceof Storage) || typeof offset !== "number") {
    throw new Error("its pickle makes a tensor without a storage");
  }
  const [shape, strides] = [integers(size), integers(stride)];
  const lazy: LazyTensor = () => readTensor(storage.bytes, storage.type, shape, strides, offset);
  return new PickleObject(lazy);
}

function integers(value: PickleValue | undefined): number[] {
  if (!(value instanceof PickleTuple)) throw new Error("its pickle makes a tensor without a shape");
  return value.items.map((item) => {
    if (typeof item !== "number") throw new Error("its pickle makes a tensor of a shape that is not numbers");
    return item;
  });
}
