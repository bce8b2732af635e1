import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";
import { readNpy } from "../../../src/import/samples/npy.js";
import { sameShape, withoutBatch } from "../../../src/tensor/tensor.js";
import { rowOfCsv } from "./csv.js";
import type { Domain, Sample } from "./domain.js";
import { sampleOfText } from "./json.js";
import { fieldsOf, sampleOfFields } from "./labels.js";

/** Bytes of a file at most: what is larger is not read. */
const MOST_BYTES = 2 ** 24;

/** An input from a file, and what the buyer should know of how it was read. */
export interface FromFile {
  readonly sample: Sample;
  readonly notes: readonly string[];
}

/** The magic number of NumPy's arrays begins with it. */
const NPY = 0x93;

/**
 * An input from an .npy, a JSON or a CSV file, told apart by content.
 *
 * @throws Error in words for the buyer
 */
export async function sampleOfFile(file: Blob, domains: readonly Domain[]): Promise<FromFile> {
  if (file.size > MOST_BYTES)
    throw new Error("This file is larger than 16 MiB: give one input of the model.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === NPY) return sampleOfNpy(bytes, domains);
  const text = textOf(bytes);
  if (/^\s*[[{]/.test(text)) return { sample: sampleOfText(text, domains), notes: [] };
  const fields = fieldsOf(domains);
  const { values, notes } = rowOfCsv(text, fields);
  return { sample: sampleOfFields(fields, values), notes };
}

function textOf(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Said below.
  }
  throw new Error("This is no .npy, JSON or CSV file.");
}

function sampleOfNpy(bytes: Uint8Array, domains: readonly Domain[]): FromFile {
  const [{ name, shape, least }, ...others] = domains;
  if (others.length > 0)
    throw new Error(`The model has ${domains.length} inputs, and an .npy file is one: give JSON.`);
  const array = arrayOf(bytes);
  const [count] = array.shape;
  if (sameShape(withoutBatch(array.shape), withoutBatch(shape)))
    return { sample: { [name]: Array.from(array.data) }, notes: [] };
  if (count > 0 && sameShape(array.shape.slice(1), withoutBatch(shape)))
    return {
      sample: { [name]: Array.from(array.data.subarray(0, least.length)) },
      notes: [`The file has ${count} inputs: the first is taken.`],
    };
  throw new Error(
    `The array has the shape [${array.shape.slice(0, 8).join(", ")}], and the model takes [${shape.join(", ")}].`,
  );
}

function arrayOf(bytes: Uint8Array) {
  try {
    return readNpy(bytes, "This file");
  } catch (error) {
    if (error instanceof Torch2CircomError) throw new Error(`${error.problem}.`, { cause: error });
    throw error;
  }
}
