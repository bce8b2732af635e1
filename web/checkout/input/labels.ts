import type { Domain } from "./domain.js";

/** An element of a model's input, as people find it. */
export interface Field {
  readonly input: string;
  readonly element: number;
  /** "petal length", or "x[2]" without a name; different from all others. */
  readonly label: string;
  readonly unit?: string;
  readonly least: number;
  readonly greatest: number;
}

/** All elements of a model's inputs, one after another. */
export function fieldsOf(domains: readonly Domain[]): Field[] {
  const fields = domains.flatMap(({ name, least, greatest, card }) =>
    least.map((low, element) => ({
      ...{ input: name, element, label: card?.features?.[element] ?? `${name}[${element}]` },
      ...{ unit: card?.units?.[element], least: low, greatest: greatest[element] },
    })),
  );
  const times = new Map<string, number>();
  for (const { label } of fields) times.set(label, (times.get(label) ?? 0) + 1);
  // Two inputs may have features of one name.
  return fields.map((field) =>
    times.get(field.label) === 1 ? field : { ...field, label: `${field.input}: ${field.label}` },
  );
}

/** Values of all elements, as a sample. @param values in the order of the fields */
export function sampleOfFields(
  fields: readonly Field[],
  values: readonly number[],
): Record<string, number[]> {
  const sample = new Map<string, number[]>();
  fields.forEach(({ input, element }, i) => {
    const own = sample.get(input) ?? [];
    own[element] = values[i];
    sample.set(input, own);
  });
  // Whatever an input is called, it is the sample's own.
  return Object.fromEntries(sample);
}
