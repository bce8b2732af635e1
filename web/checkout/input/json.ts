import type { Domain, Sample } from "./domain.js";

/** Characters of an input at most. */
const MOST_TEXT = 2 ** 24;

/**
 * An input as JSON text: `{ "<input>": [numbers] }`, or the numbers alone for a model with one input. Nested lists are flattened.
 *
 * @throws Error in words for the buyer
 */
export function sampleOfText(text: string, domains: readonly Domain[]): Sample {
  if (text.length > MOST_TEXT) throw new Error("This is too long for an input.");
  const value = parsed(text);
  const [first] = domains;
  if (Array.isArray(value) && domains.length > 1)
    throw new Error(`The model has ${domains.length} inputs: give {"${first.name}": […], …}.`);
  const named = (Array.isArray(value) ? { [first.name]: value } : value) as Record<string, unknown>;
  if (typeof named !== "object" || named === null) throw new Error(`Give numbers: {"${first.name}": […]}.`);
  const other = Object.keys(named).find((name) => domains.every((domain) => domain.name !== name));
  if (other !== undefined) throw new Error(`The model has no input "${other.slice(0, 100)}".`);
  return Object.fromEntries(
    domains
      .filter(({ name }) => Object.hasOwn(named, name))
      .map(({ name }) => [name, numbersOf(name, named[name])]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("This is not JSON.");
  }
}

/** Axes of a tensor at most. */
const MOST_DEPTH = 16;

function numbersOf(name: string, value: unknown): number[] {
  const flat = Array.isArray(value) ? (value.flat(MOST_DEPTH) as unknown[]) : [value];
  const wrong = flat.findIndex((one) => typeof one !== "number");
  if (wrong < 0) return flat as number[];
  throw new Error(`${name}[${wrong}] is not a number.`);
}
