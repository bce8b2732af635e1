import { checkedSize } from "../elements.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { SampleArray, SampleFile } from "./array.js";
import { mayBeText } from "./names.js";

const MAX_AXES = 32;

/**
 * Reads `{"input": [sample, …], "labels": […]}`, a bare list of samples for a model of one input, a list of one object
 * per sample, or EZKL's `{"input_data": [[…], …]}`.
 */
export function readJsonSamples(bytes: Uint8Array, file: string): SampleFile {
  const json = parsed(bytes, file);
  if (!isObject(json)) return { arrays: arraysOf(json, file), texts: new Map() };
  const entries = Object.entries(json);
  const texts = entries.filter(
    (entry): entry is [string, string[]] => mayBeText(entry[0]) && isText(entry[1]),
  );
  const rest = entries.filter(([name]) => texts.every(([text]) => text !== name));
  return { arrays: arraysOf(Object.fromEntries(rest), file), texts: new Map(texts) };
}

function isText(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function parsed(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw notSamples(
      file,
      `it is not valid JSON (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

function arraysOf(json: unknown, file: string): Map<string, SampleArray> {
  if (Array.isArray(json)) {
    const rows: readonly unknown[] = json;
    return rows.some(isObject) ? records(rows, file) : new Map([["input", arrayOf(rows, file)]]);
  }
  if (!isObject(json)) throw notSamples(file, "it holds neither an object nor a list");
  if (Object.hasOwn(json, "input_data")) return ezklSamples(json, file);
  return new Map(Object.entries(json).map(([name, value]) => [name, arrayOf(value, `${file}: "${name}"`)]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One object per sample, all with the same names: an array for each name. */
function records(rows: readonly unknown[], file: string): Map<string, SampleArray> {
  const names = Object.keys(rows.find(isObject)!);
  rows.forEach((row, i) => {
    if (
      !isObject(row) ||
      Object.keys(row).length !== names.length ||
      !names.every((n) => Object.hasOwn(row, n))
    )
      throw notSamples(`${file}: sample ${i}`, `it does not name ${names.map((n) => `"${n}"`).join(", ")}`);
  });
  const columnOf = (name: string) =>
    (rows as readonly Readonly<Record<string, unknown>>[]).map((row) => row[name]);
  return new Map(names.map((name) => [name, arrayOf(columnOf(name), `${file}: "${name}"`)]));
}

/** EZKL's form: one list of numbers per input, of all samples one after the other; its other keys are its own. */
function ezklSamples(json: Readonly<Record<string, unknown>>, file: string): Map<string, SampleArray> {
  const arrays = new Map<string, SampleArray>();
  for (const [key, name] of [
    ["input_data", "input"],
    ["output_data", "output"],
  ] as const) {
    const lists = Object.hasOwn(json, key) ? json[key] : [];
    if (!Array.isArray(lists)) throw notSamples(`${file}: "${key}"`, "it is not a list of lists");
    lists.forEach((list: unknown, i) => {
      const { dtype, data } = arrayOf(list, `${file}: "${key}"[${i}]`);
      arrays.set(`${name}_${i}`, { dtype, shape: [data.length], data, flat: true });
    });
  }
  if (Object.hasOwn(json, "labels")) arrays.set("labels", arrayOf(json.labels, `${file}: "labels"`));
  return arrays;
}

/** A nested list as an array; all lists of one depth must have one length. */
function arrayOf(value: unknown, what: string): SampleArray {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0] as unknown) {
    if (shape.length >= MAX_AXES) throw notSamples(what, `it nests deeper than ${MAX_AXES} lists`);
    shape.push(level.length);
  }
  checkedSize(shape);
  let flat: unknown[] = [value];
  for (const size of shape) {
    flat = flat.flatMap((list) => {
      if (!Array.isArray(list) || list.length !== size)
        throw notSamples(what, "its lists are not all of one length");
      return list as unknown[];
    });
  }
  if (flat.every((entry) => typeof entry === "boolean"))
    return { dtype: "bool", shape, data: Float64Array.from(flat, Number) };
  const numbers = flat.map((entry) => {
    if (typeof entry !== "number")
      throw notSamples(what, `it holds ${describe(entry)} where a number should be`);
    return entry;
  });
  return {
    dtype: numbers.every(Number.isInteger) ? "int" : "float",
    shape,
    data: Float64Array.from(numbers),
  };
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "null";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function notSamples(what: string, problem: string): Torch2CircomError {
  return new Torch2CircomError(
    "SAMPLES_INVALID",
    `${what} holds no samples: ${problem}`,
    'Write {"input": [[…], …], "labels": […]}; JSON knows no NaN or Infinity.',
  );
}
