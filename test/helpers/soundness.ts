import { expect } from "chai";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { checkWitness, holds, type R1cs } from "../../src/circom/r1cs.js";
import type { CircuitInput } from "../../src/circom/witnessGenerator.js";
import { flatten, type Gadget, witnessOf } from "./gadget.js";

/**
 * Asserts that the gadget's own witness for an input satisfies every constraint and holds the expected signals
 * (outputs or inner ones; negative values stand for their field elements).
 *
 * @returns that witness.
 */
export function honest(gadget: Gadget, input: CircuitInput, expected: CircuitInput): bigint[] {
  const witness = witnessOf(gadget, input);
  const violated = checkWitness(gadget.r1cs, witness);
  if (violated >= 0)
    expect.fail(`${gadget.name}: an honest witness violates ${describeConstraint(gadget, violated)}`);
  for (const [name, value] of flatten(expected))
    expect(signed(witness[wireNamed(gadget, name)]), `${gadget.name}: ${name}`).to.equal(
      signed(modulo(value)),
    );
  return witness;
}

/**
 * Changes every wire but the inputs, one at a time, to about ten other values, and lists the changes that all
 * constraints accept, as `name: 3 -> 4`. A sound gadget gives an empty list.
 *
 * It finds a signal that no constraint holds, and an input that none reads. It does not find signals that are wrong only together:
 * {@link enumerateWitnesses} does.
 *
 * @param free signals that may take several values, each with the reason why that does no harm. A signal that is
 * listed and turns out to be held is reported too.
 */
export function mutateEveryWire(
  gadget: Gadget,
  input: CircuitInput,
  { free = {} }: { free?: Readonly<Record<string, string>> } = {},
): string[] {
  const witness = witnessOf(gadget, input);
  const { r1cs } = gadget;
  const users = constraintsOfWires(r1cs);
  const allowed = new Set(Object.keys(free));
  const inputs = new Set(gadget.inputs.map((name) => gadget.wireOf.get(name)));
  const report = gadget.inputs
    .filter((name) => !gadget.wireOf.has(name) && !allowed.has(name))
    .map((name) => `${name}: no constraint reads this input`);
  for (let wire = 1; wire < r1cs.wireCount; wire++) {
    if (inputs.has(wire)) continue;
    const value = witness[wire];
    const accepted = mutationsOf(value).filter((mutation) => {
      witness[wire] = mutation;
      return users[wire].every((constraint) => holds(r1cs, constraint, witness));
    });
    witness[wire] = value;
    const names = gadget.namesOf[wire];
    if (!names.some((name) => allowed.has(name)))
      report.push(...accepted.map((mutation) => `${names[0]}: ${signed(value)} -> ${signed(mutation)}`));
    else if (accepted.length === 0) report.push(`${names[0]}: listed as free, but it is held`);
  }
  return report;
}

/** Whether all constraints accept a forged witness; if not, the first that it violates. */
export type Forgery = { readonly accepted: true } | { readonly accepted: false; readonly violated: string };

/**
 * Takes the honest witness for an input, sets the named signals to forged values and checks all constraints.
 * The witness generator has no say in the verdict.
 *
 * @param overrides signals by name, inputs and inner signals alike. A signal without a wire cannot be forged: it throws.
 */
export function forge(gadget: Gadget, input: CircuitInput, overrides: CircuitInput): Forgery {
  const witness = witnessOf(gadget, input);
  for (const [name, value] of flatten(overrides)) witness[wireNamed(gadget, name)] = modulo(value);
  const violated = checkWitness(gadget.r1cs, witness);
  return violated < 0
    ? { accepted: true }
    : { accepted: false, violated: describeConstraint(gadget, violated) };
}

/** A constraint in words: `(bits[0]) * (-1 + bits[0]) = 0`. */
export function describeConstraint({ r1cs, namesOf }: Gadget, constraint: number): string {
  const side = (k: number): string => {
    const terms: string[] = [];
    for (let t = r1cs.starts[k]; t < r1cs.starts[k + 1]; t++) {
      const coefficient = r1cs.values[r1cs.coefficients[t]];
      const name = namesOf[r1cs.wires[t]][0];
      terms.push(name === "1" ? `${coefficient}` : coefficient === 1n ? name : `${coefficient}*${name}`);
    }
    return terms.join(" + ") || "0";
  };
  return `(${side(3 * constraint)}) * (${side(3 * constraint + 1)}) = ${side(3 * constraint + 2)}`;
}

/** A field element as the representative of least absolute value. */
export function signed(value: bigint): bigint {
  return value > FIELD_ORDER / 2n ? value - FIELD_ORDER : value;
}

function modulo(value: bigint): bigint {
  return ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER;
}

function wireNamed(gadget: Gadget, name: string): number {
  const wire = gadget.wireOf.get(name);
  if (wire === undefined)
    throw new Error(
      `${gadget.name} has no wire for a signal ${name}: none of that name, or it equals another`,
    );
  return wire;
}

/** Neighbors, negation, constants, doubling, halves of the field, and something far from all. */
function mutationsOf(value: bigint): bigint[] {
  const half = (FIELD_ORDER + 1n) / 2n;
  const candidates = [
    value + 1n,
    value - 1n,
    -value,
    0n,
    1n,
    1n - value,
    2n * value,
    value + half,
    value + half - 1n,
    value + (1n << 200n) + 12345n,
  ];
  const others = new Set(candidates.map(modulo));
  others.delete(value);
  return [...others];
}

function constraintsOfWires(r1cs: R1cs): number[][] {
  const users: number[][] = Array.from({ length: r1cs.wireCount }, () => []);
  for (let i = 0; i < r1cs.constraints; i++) {
    const wires = new Set(r1cs.wires.subarray(r1cs.starts[3 * i], r1cs.starts[3 * i + 3]));
    for (const wire of wires) users[wire].push(i);
  }
  return users;
}
