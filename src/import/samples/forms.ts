import { sameShape, sizeOf, withoutBatch } from "../../tensor/tensor.js";
import type { Graph, GraphValue } from "../../graph/types.js";
import type { Shape } from "../../tensor/types.js";
import type { SampleArray } from "./array.js";
import { stacked } from "./columns.js";

/** Forms that samples come in apart from one array a value whose first axis counts samples. */

type Arrays = ReadonlyMap<string, SampleArray>;

/**
 * The array for each value: by its name, by the general name where there is only one value, or by position
 * ("input_0", and "arr_0" as NumPy names what was saved without a name).
 */
export function match(values: readonly GraphValue[], general: string, arrays: Arrays): Map<string, string> {
  const names = new Map<string, string>();
  for (const { id } of values) {
    if (arrays.has(id)) names.set(id, id);
    else if (values.length === 1 && arrays.has(general)) names.set(id, general);
  }
  if (names.size > 0) return names;
  const byPosition = (prefix: string): Map<string, string> =>
    new Map(
      values.flatMap(({ id }, i) => (arrays.has(`${prefix}_${i}`) ? [[id, `${prefix}_${i}`] as const] : [])),
    );
  const found = byPosition(general);
  if (found.size > 0 || general !== "input") return found;
  const unnamed = [...arrays.keys()].filter((name) => /^arr_\d+$/.test(name));
  return unnamed.length === values.length ? byPosition("arr") : found;
}

/** What other programs call a model's only input, and labels. */
const SYNONYMS = {
  input: ["X", "x", "inputs", "features"],
  labels: ["label", "y", "target", "targets", "class"],
} as const;

/** Arrays under names that other programs use, under ours; with a notice for each. */
export function underOwnNames(
  arrays: Arrays,
  { inputs, outputs }: Pick<Graph, "inputs" | "outputs">,
): { arrays: Arrays; notices: string[] } {
  const ids = [...inputs, ...outputs].map(({ id }) => id);
  const foreign = (names: readonly string[]) =>
    names.filter((name) => arrays.has(name) && !ids.includes(name));
  const renames = new Map<string, string>();
  const [label, ...otherLabels] = foreign(SYNONYMS.labels);
  if (label !== undefined && otherLabels.length === 0 && !arrays.has("labels")) renames.set(label, "labels");
  // Beside other arrays it may be one column of a table.
  const rest = [...arrays.keys()].filter((name) => ![...ids, "output", "labels", label].includes(name));
  const [input] = foreign(SYNONYMS.input);
  if (inputs.length === 1 && rest.length === 1 && input === rest[0]) renames.set(input, "input");
  return {
    arrays: new Map([...arrays].map(([name, array]) => [renames.get(name) ?? name, array])),
    notices: [...renames].map(
      ([name, own]) => `"${name}" is taken as ${own === "input" ? "the input" : "labels"}.`,
    ),
  };
}

/** The columns of a table as one array for the model's only input, where there are as many as it has elements. */
export function columnsAsInput(
  inputs: readonly GraphValue[],
  arrays: Arrays,
  file: string,
): { arrays: Arrays; notice: string } | undefined {
  const columns = new Map([...arrays].filter(([name]) => name !== "labels"));
  const [input, ...others] = inputs;
  const rows = [...columns.values()][0]?.shape;
  if (input === undefined || others.length > 0 || columns.size < 2 || columns.size !== sizeOf(input.shape))
    return undefined;
  if (rows?.length !== 1 || [...columns.values()].some(({ shape }) => !sameShape(shape, rows)))
    return undefined;
  const table = stacked(columns, file);
  const labels = arrays.get("labels");
  const names = [...columns.keys()].map((name) => `"${name}"`).join(", ");
  return {
    arrays: new Map([
      [input.id, { ...table, shape: [rows[0], ...input.shape] }],
      ...(labels === undefined ? [] : [["labels", labels] as const]),
    ]),
    notice: `The columns ${names} are taken as the elements of "${input.id}", in this order.`,
  };
}

/** Flat lists in the shape of the samples that they hold, where they hold whole ones. */
export function unflattened(array: SampleArray, shape: Shape): SampleArray {
  const count = array.data.length / sizeOf(shape);
  return array.flat === true && Number.isInteger(count) ? { ...array, shape: [count, ...shape] } : array;
}

/** Whether an array of this shape is one value, with or without its batch axis of 1. */
export function isValue(shape: Shape, value: GraphValue): boolean {
  return sameShape(shape, value.shape) || sameShape(shape, withoutBatch(value.shape));
}

/** Whether the inputs' arrays are one sample without an axis that counts samples. */
export function isOneSample(inputs: readonly (readonly [GraphValue, SampleArray])[]): boolean {
  const fit = (skip: number): boolean =>
    inputs.every(([value, { shape }]) => shape.length >= skip && isValue(shape.slice(skip), value));
  return inputs.length > 0 && !fit(1) && fit(0);
}
