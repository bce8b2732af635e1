/** What JSON can hold; typed arrays are lists of numbers. Properties that are undefined are left out. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | Int32Array
  | Float64Array
  | { readonly [key: string]: Json | undefined };

/**
 * The one text of a JSON value, whatever the order of its properties (RFC 8785): sorted names, no space.
 *
 * @throws Error for a number that JSON cannot hold.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`JSON has no ${value}`);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (value instanceof Int32Array || value instanceof Float64Array) return numbersJson(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const entries = Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  // By UTF-16 code units, as the RFC says: the order of `<`.
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(",")}}`;
}

function numbersJson(values: Int32Array | Float64Array): string {
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new Error(`JSON has no ${wrong}`);
  return `[${values.join(",")}]`;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
