import { z } from "zod";
import type { Tensor } from "../../tensor/types.js";
import { readTensor } from "../elements.js";
import { asDamaged, damaged, reading } from "../exportRecipe.js";
import type { Archive } from "../zip.js";
import { parsePythonJson } from "./json.js";
import { elementType, parseExportedProgram, type ExportedProgram } from "./program.js";
import { namedTensors, readTorchSave, requireLittleEndian, type LazyTensor } from "./torchSave.js";

/** A torch.export file: its program, and its weights by their names in the module. */
export interface Pt2File {
  readonly layout: string;
  readonly program: ExportedProgram;
  /** Parameters, buffers and constants by fully qualified name; each is read when it is asked for. */
  readonly tensors: ReadonlyMap<string, () => Tensor>;
}

const FLAT_PROGRAM = "serialized_exported_program.json";

/** The archive's folder of models, where it is one of the layouts that have it. */
function modelsFolder(archive: Archive): string | undefined {
  const program = archive.names.find((name) => /(^|^[^/]+\/)models\/[^/]+\.json$/.test(name));
  return program?.replace(/models\/[^/]+\.json$/, "");
}

export function isPt2(archive: Archive): boolean {
  return archive.has(FLAT_PROGRAM) || modelsFolder(archive) !== undefined;
}

/** Reads any of the three layouts that torch.export.save has had, told apart by the entries that are there. */
export async function readPt2(archive: Archive, file: string): Promise<Pt2File> {
  const folder = modelsFolder(archive);
  if (archive.has(FLAT_PROGRAM)) return readFlat(archive, file);
  if (folder === undefined) throw damaged(file, "it holds no exported program");
  const models = archive.names.filter(
    (name) => name.startsWith(`${folder}models/`) && name.endsWith(".json"),
  );
  if (models.length !== 1) throw damaged(file, `it holds ${models.length} models; one a file can be read`);
  requireLittleEndian(archive, `${folder}byteorder`, file);
  const program = parseAt(archive, models[0], file);
  const weights = await readSection(archive, `${folder}data/weights/`, "weights", file);
  const constants = await readSection(archive, `${folder}data/constants/`, "constants", file);
  return { layout: weights.layout, program, tensors: new Map([...weights.tensors, ...constants.tensors]) };
}

/** Up to 2.7: the JSON beside zips of torch.save. */
async function readFlat(archive: Archive, file: string): Promise<Pt2File> {
  const program = parseAt(archive, FLAT_PROGRAM, file);
  const weights = await savedTensors(archive, "serialized_state_dict.pt", file);
  const constants = await savedTensors(archive, "serialized_constants.pt", file);
  return { layout: "torch 2.6 layout", program, tensors: new Map([...weights, ...constants]) };
}

/** 2.8 keeps one torch.save zip per section, later versions a config and one raw file per tensor. */
async function readSection(
  archive: Archive,
  folder: string,
  kind: string,
  file: string,
): Promise<{ layout: string; tensors: Map<string, LazyTensor> }> {
  const prefix = archive.names.find(
    (name) => name.startsWith(folder) && name.endsWith(`_${kind}_config.json`),
  );
  if (prefix !== undefined) {
    return { layout: "torch 2.9 layout", tensors: await rawTensors(archive, folder, prefix, file) };
  }
  const saved = archive.names.find((name) => name.startsWith(folder) && name.endsWith(".pt"));
  const tensors =
    saved === undefined ? new Map<string, LazyTensor>() : await savedTensors(archive, saved, file);
  return { layout: "torch 2.8 layout", tensors };
}

async function savedTensors(archive: Archive, entry: string, file: string): Promise<Map<string, LazyTensor>> {
  if (!archive.has(entry)) return new Map();
  const what = `${file}: ${entry}`;
  const bytes = archive.read(entry);
  // torch.save of an empty dict may be an empty entry.
  return bytes.length === 0 ? new Map() : namedTensors(await readTorchSave(bytes, what), what);
}

const configSchema = z.object({
  config: z.record(
    z.object({
      path_name: z.string(),
      use_pickle: z.boolean().catch(false),
      tensor_meta: z
        .object({
          dtype: z.number(),
          sizes: z.array(z.object({ as_int: z.number() })),
          strides: z.array(z.object({ as_int: z.number() })),
          storage_offset: z.object({ as_int: z.number() }),
        })
        .nullish(),
    }),
  ),
});

async function rawTensors(
  archive: Archive,
  folder: string,
  configName: string,
  file: string,
): Promise<Map<string, LazyTensor>> {
  const what = `${file}: ${configName}`;
  const parsed = configSchema.safeParse(reading(what, () => parsePythonJson(archive.read(configName))));
  if (!parsed.success) throw damaged(what, "it does not describe tensors");
  const tensors = new Map<string, LazyTensor>();
  for (const [name, { path_name, use_pickle, tensor_meta }] of Object.entries(parsed.data.config)) {
    const entry = folder + path_name;
    const ints = (values: { as_int: number }[]): number[] => values.map(({ as_int }) => as_int);
    if (use_pickle) {
      tensors.set(name, await pickledTensor(archive, entry, file));
    } else if (tensor_meta) {
      tensors.set(name, () =>
        readTensor(
          archive.read(entry),
          elementType(tensor_meta.dtype),
          ints(tensor_meta.sizes),
          ints(tensor_meta.strides),
          tensor_meta.storage_offset.as_int,
        ),
      );
    }
  }
  return tensors;
}

/** A tensor saved by itself: torch.save of one tensor, wrapped here as a dict of one. */
async function pickledTensor(archive: Archive, entry: string, file: string): Promise<LazyTensor> {
  const what = `${file}: ${entry}`;
  const value = await readTorchSave(archive.read(entry), what);
  const tensor = namedTensors(new Map([["tensor", value]]), what).get("tensor");
  if (tensor === undefined) throw damaged(what, "it holds no tensor");
  return tensor;
}

function parseAt(archive: Archive, entry: string, file: string): ExportedProgram {
  try {
    return parseExportedProgram(parsePythonJson(archive.read(entry)), file);
  } catch (error) {
    throw asDamaged(file, error);
  }
}
