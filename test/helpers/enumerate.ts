import type { Gadget } from "./gadget.js";
import { SmallSystem } from "./smallSystem.js";

/** Values of signals by name, as representatives of least absolute value. */
export type SmallValues = Readonly<Record<string, number>>;

/** Inputs and outputs that some witness holds, and in how many witnesses they occur together. */
export interface Occurrence {
  readonly inputs: SmallValues;
  readonly outputs: SmallValues;
  witnesses: number;
}

/**
 * Visits **every** witness of the gadget's constraints over a small prime field, not only those that its generator
 * would make: what it finds to be unique, no forger can change.
 *
 * The gadget must mean the same over the small prime: no value of it, wide accumulators included, may reach half of it.
 *
 * @param prime an odd prime less than 2^15.
 * @param fixed values of some or all inputs, by full name; the others take every value.
 */
export function enumerateWitnesses(gadget: Gadget, prime: number, fixed: SmallValues): Occurrence[] {
  return enumerateWith(gadget, smallSystem(gadget, prime), prime, fixed);
}

/**
 * Compares a gadget with its meaning on a whole domain, by visiting every witness of every input. The result lists
 * inputs with no witness, with several outputs, or with an output that differs from the reference; empty if none.
 *
 * @param domain first and last value of each input, by full name.
 * @param reference the outputs that an input should have; undefined where the gadget should have no witness at all.
 */
export function compareExhaustively(
  gadget: Gadget,
  {
    prime,
    domain,
    reference,
  }: {
    prime: number;
    domain: Readonly<Record<string, readonly [first: number, last: number]>>;
    reference: (inputs: SmallValues) => SmallValues | undefined;
  },
): string[] {
  const system = smallSystem(gadget, prime);
  const report: string[] = [];
  for (const inputs of points(Object.entries(domain))) {
    const expected = reference(inputs);
    const found = enumerateWith(gadget, system, prime, inputs).map(({ outputs }) => print(outputs));
    const wanted = expected ? [print(expected)] : [];
    if (found.length === wanted.length && found.every((text) => wanted.includes(text))) continue;
    report.push(`${print(inputs)}: ${found.join(" or ") || "no witness"}, not ${wanted.join() || "none"}`);
  }
  return report;
}

function smallSystem({ r1cs, inputs, outputs, wireOf }: Gadget, prime: number): SmallSystem {
  const visible = [...inputs, ...outputs].flatMap((name) => wireOf.get(name) ?? []);
  return new SmallSystem(r1cs, prime, visible);
}

function enumerateWith(
  gadget: Gadget,
  system: SmallSystem,
  prime: number,
  fixedInputs: SmallValues,
): Occurrence[] {
  const fixed = new Map<number, number>();
  for (const [name, value] of Object.entries(fixedInputs)) {
    if (!gadget.inputs.includes(name)) throw new Error(`${gadget.name} has no input ${name}`);
    if (2 * Math.abs(value) > prime)
      throw new Error(`${name} = ${value} is too large for the prime ${prime}`);
    const wire = gadget.wireOf.get(name);
    if (wire !== undefined) fixed.set(wire, value);
  }
  // An input that no constraint reads has no wire, hence no value in a witness.
  const wired = gadget.inputs.filter((name) => gadget.wireOf.has(name));
  const found = new Map<string, Occurrence>();
  const read = (values: Int32Array, names: readonly string[]): SmallValues =>
    Object.fromEntries(
      names.map((name) => {
        const value = values[gadget.wireOf.get(name)!];
        return [name, 2 * value > prime ? value - prime : value];
      }),
    );
  system.solve(fixed, (values) => {
    const inputs = { ...fixedInputs, ...read(values, wired) };
    const outputs = read(values, gadget.outputs);
    const key = `${print(inputs)}:${print(outputs)}`;
    const occurrence = found.get(key) ?? { inputs, outputs, witnesses: 0 };
    occurrence.witnesses++;
    found.set(key, occurrence);
  });
  return [...found.values()];
}

function* points(
  axes: readonly (readonly [string, readonly [number, number]])[],
): Generator<Record<string, number>> {
  const [axis, ...rest] = axes;
  if (!axis) {
    yield {};
    return;
  }
  const [name, [first, last]] = axis;
  for (const point of points(rest))
    for (let value = first; value <= last; value++) yield { [name]: value, ...point };
}

function print(values: SmallValues): string {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
}
