import { readPickle, ForbiddenGlobal, PickleObject } from "./pt2/pickle.js";
import { isPt2 } from "./pt2/archive.js";
import { readTorchArchive } from "./pt2/torchSave.js";
import { damaged, notAnExport } from "./exportRecipe.js";
import { modelProto, type ModelProto } from "./onnx/proto.js";
import { isZip, openArchive, type Archive } from "./zip.js";

/** What a file is, by its content alone. */
export type Detected =
  | { readonly format: "pt2"; readonly archive: Archive }
  | { readonly format: "onnx"; readonly model: ModelProto };

/** Recognizes the formats that can be read; throws for anything else, naming what it is where that can be told. */
export async function detect(bytes: Uint8Array, file: string): Promise<Detected> {
  if (bytes.length === 0) throw notAnExport(file, "an empty file");
  if (isZip(bytes)) {
    const archive = await openArchive(bytes, file);
    if (isPt2(archive)) return { format: "pt2", archive };
    throw notAnExport(file, otherArchive(archive, file));
  }
  const model = tryOnnx(bytes, file);
  if (model !== undefined) return { format: "onnx", model };
  throw notAnExport(file, otherFile(bytes));
}

/** ONNX files begin with the field of the IR version. */
const ONNX_FIRST_BYTE = 0x08;

function tryOnnx(bytes: Uint8Array, file: string): ModelProto | undefined {
  try {
    const model = modelProto(bytes);
    if (model.graph !== undefined && model.graph.output.length > 0) return model;
  } catch (error) {
    // Whatever else is not a protocol buffer is not an ONNX model.
    if (bytes[0] === ONNX_FIRST_BYTE)
      throw damaged(
        file,
        `it begins like an ONNX model, but ${error instanceof Error ? error.message : String(error)}`,
      );
  }
  return undefined;
}

function otherArchive(archive: Archive, file: string): string {
  const has = (pattern: RegExp): boolean => archive.names.some((name) => pattern.test(name));
  if (has(/(^|\/)constants\.pkl$/) && has(/(^|\/)code\//)) return "a TorchScript module (torch.jit.save)";
  if (has(/(^|\/)data\/aotinductor\//)) return "a package of compiled code (AOTInductor)";
  if (has(/(^|\/)data\.pkl$/)) return otherPickle(archive, file);
  if (has(/^config\.json$/) && has(/\.weights\.h5$/)) return "a Keras model";
  if (archive.names.length > 0 && archive.names.every((name) => name.endsWith(".npy")))
    return "a NumPy file of arrays (.npz)";
  return "a zip file without a model in it";
}

function otherPickle(archive: Archive, file: string): string {
  try {
    const value = readTorchArchive(archive, file);
    const onlyTensors = value instanceof Map || value instanceof PickleObject;
    return onlyTensors
      ? "a state_dict: weights without the computation"
      : "a file of torch.save without a model in it";
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof ForbiddenGlobal) return `a pickled Python object (it names "${cause.global}")`;
    throw error;
  }
}

function otherFile(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  if (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5) return `a pickle${pickledName(bytes)}`;
  if (start.startsWith("\x93NUMPY")) return "a NumPy array (.npy)";
  if (start.startsWith("\x89HDF")) return "an HDF5 file (Keras saves such)";
  if (start.startsWith("GGUF")) return "a GGUF file of weights";
  if (start.slice(4, 8) === "TFL3") return "a TensorFlow Lite model";
  if (start.startsWith("PK")) return "a zip file that is cut off or damaged";
  if (start.slice(8, 10) === '{"') return "a safetensors file: weights without the computation";
  if (start.startsWith("version https://"))
    return "a Git LFS pointer: fetch the file itself with git lfs pull";
  return "no file of a known model format";
}

function pickledName(bytes: Uint8Array): string {
  try {
    readPickle(bytes, { globals: () => undefined, persistent: () => null });
    return "";
  } catch (error) {
    return error instanceof ForbiddenGlobal ? ` of a Python object (it names "${error.global}")` : "";
  }
}
