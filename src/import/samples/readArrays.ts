import { open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { isZip, openArchive } from "../zip.js";
import type { SampleArray, SampleFile } from "./array.js";
import { readJsonSamples } from "./json.js";
import { stacked } from "./columns.js";
import { mayBeText } from "./names.js";
import { readNpy, readRecords, readTexts } from "./npy.js";

const MAX_BYTES = 2 ** 29;

/** All arrays of a samples file or folder by name, told apart by content. */
export async function readArrays(location: string): Promise<SampleFile> {
  try {
    return (await stat(location)).isDirectory() ? await readFolder(location) : await readFile(location);
  } catch (error) {
    if (error instanceof Torch2CircomError) throw error;
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      `The samples ${location} cannot be read (${error instanceof Error ? error.message : String(error)})`,
      "Give an .npz, .npy or .json file, or a folder with one .npy file for each input.",
      error instanceof Error ? error : undefined,
    );
  }
}

async function readFolder(folder: string): Promise<SampleFile> {
  // Hidden files are the system's: macOS puts a "._input.npy" beside each "input.npy".
  const names = (await readdir(folder)).filter((name) => /^[^.].*\.npy$/.test(name)).sort();
  const found: SampleFile = { arrays: new Map(), texts: new Map() };
  let room = MAX_BYTES;
  for (const name of names) {
    const bytes = await readBounded(path.join(folder, name), room);
    room -= bytes.length;
    take(found, name.slice(0, -".npy".length), bytes, name);
  }
  if (found.arrays.size === 0) {
    throw new Torch2CircomError(
      "SAMPLES_INVALID",
      `The folder ${folder} holds no .npy files`,
      "Save one <input name>.npy for each input of the model, the first axis counting samples.",
    );
  }
  return found;
}

async function readFile(file: string): Promise<SampleFile> {
  const name = path.basename(file);
  const bytes = await readBounded(file, MAX_BYTES);
  if (isZip(bytes)) return readNpz(bytes, name);
  if (bytes[0] === 0x93)
    return {
      arrays: readRecords(bytes, name) ?? new Map([["input", readNpy(bytes, name)]]),
      texts: new Map(),
    };
  const first = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart()[0];
  if (first === "{" || first === "[") return readJsonSamples(bytes, name);
  throw new Torch2CircomError(
    "SAMPLES_INVALID",
    `${name} holds no samples: it is neither .npz nor .npy nor JSON`,
    'Save samples with numpy.savez("samples.npz", input=x, labels=y), the first axis counting samples.',
  );
}

async function readNpz(bytes: Uint8Array, file: string): Promise<SampleFile> {
  const archive = await openArchive(bytes, file);
  const found: SampleFile = { arrays: new Map(), texts: new Map() };
  for (const name of archive.names)
    take(found, name.replace(/\.npy$/, ""), archive.read(name), `${file}: ${name}`);
  return found;
}

/** Takes what a file of NumPy holds. */
function take({ arrays, texts }: SampleFile, name: string, bytes: Uint8Array, file: string): void {
  const list = mayBeText(name) ? readTexts(bytes, file) : undefined;
  if (list === undefined) arrays.set(name, readColumns(bytes, file));
  else texts.set(name, list);
}

/** An array; the fields of a structured one become its last axis. */
function readColumns(bytes: Uint8Array, file: string): SampleArray {
  const records = readRecords(bytes, file);
  return records === undefined ? readNpy(bytes, file) : stacked(records, file);
}

async function readBounded(file: string, room: number): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > room) {
      throw new Torch2CircomError(
        "SAMPLES_INVALID",
        `The samples ${path.basename(file)} are larger than 512 MiB`,
        "A few hundred samples are enough for calibration; give fewer.",
      );
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
