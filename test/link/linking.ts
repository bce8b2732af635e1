import { expect } from "chai";
import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkWitness, readR1cs, type R1cs } from "../../src/circom/r1cs.js";
import { witnessValues, type CircuitInput } from "../../src/circom/witnessGenerator.js";
import { compareSystems } from "../../src/link/compare.js";
import { linkCircuit } from "../../src/link/link.js";
import { isLinear } from "../../src/link/rowColors.js";
import { countRows, writeRows } from "../../src/link/rows.js";
import type { SystemSize } from "../../src/link/size.js";
import { LinkedWitness } from "../../src/link/witness.js";
import { planWitness } from "../../src/link/witnessPlan.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { modelCircuit, type LinkableCircuit } from "../../src/pipeline/linkable.js";
import { outputModeOf } from "../../src/program/modes.js";
import { execute } from "../../src/program/execute.js";
import { witnessOf, type Gadget } from "../helpers/gadget.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist } from "../helpers/netlist.js";
import { signalsOf } from "../netlist/secretCircuits.js";

/** How inputs go in, what the outputs are, and whether the weights are public. */
export type Mode = readonly [
  input: "committed" | "public" | "evaluated",
  output: "public" | "argmax" | "committed" | "encrypted",
  weights: "public" | "private",
];

/** Every input mode, output mode and weight mode at least once. */
export const MODES: readonly Mode[] = [
  ["committed", "public", "public"],
  ["public", "argmax", "public"],
  ["evaluated", "committed", "public"],
  ["committed", "public", "private"],
  ["public", "committed", "private"],
  ["evaluated", "public", "private"],
  ["committed", "encrypted", "public"],
];

export interface Linked {
  readonly r1cs: R1cs;
  readonly counts: SystemSize;
  readonly witness: LinkedWitness;
}

/** Links a small model's circuit, and compares constraints and witnesses with those of circom on the whole. */
export async function isSameAsByCircom(name: string, [input, output, weights]: Mode): Promise<void> {
  const { program } = programOf(SMALL_MODELS[name](3), {
    output: output === "argmax" ? "argmax" : "public",
    secretWeights: weights === "private",
  });
  const netlist = buildNetlist(program, input, outputModeOf(output));
  const linked = await link(modelCircuit(netlist));
  expect(linked.counts).to.include(netlist.cost);
  expect(linked.counts).to.deep.equal(sizeOf(linked.r1cs));
  // The name under which another test compiles the same circuit, so that it is compiled once.
  const whole = await compileNetlist(weights === "private" ? `secret ${name}` : `${name} ${input}`, netlist);
  const { difference, partners } = compareSystems(linked.r1cs, whole.r1cs);
  expect(difference).to.equal(undefined);
  for (const inputs of fc.sample(arbitraryInputs(program), 2)) {
    const signals = signalsOf(netlist, inputs);
    isSameWitness(signals, execute(program, inputs), { linked, whole, partners });
  }
}

/** Links a circuit: its constraints, how many were counted, and what makes its witnesses. */
export async function link({ structure, tensors }: LinkableCircuit): Promise<Linked> {
  const folder = mkdtempSync(join(tmpdir(), "torch2circom-link-"));
  try {
    const path = join(folder, "linked.r1cs");
    const linked = await linkCircuit({ circuit: structure, cacheDir: "cache", workDir: folder });
    const counts = writeRows(linked, path);
    expect(countRows(linked)).to.deep.equal(counts);
    const witness = await LinkedWitness.load(planWitness(linked, tensors));
    return { r1cs: readR1cs(path), counts, witness };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The size of a system, counted on the file. */
export function sizeOf(r1cs: R1cs): SystemSize {
  const { constraints, starts, wires, wireCount, publicOutputs, publicInputs, privateInputs } = r1cs;
  const rows = Array.from({ length: constraints }, (_, row) => row);
  const [a, b, c] = [0, 1, 2].map((side) =>
    rows.flatMap((row) => [...wires.subarray(starts[3 * row + side], starts[3 * row + side + 1])]),
  );
  const linear = rows.filter((row) => isLinear(r1cs, row)).length;
  return {
    ...{ nonlinear: constraints - linear, linear },
    ...{ wires: wireCount, publicOutputs, publicInputs, privateInputs },
    terms: { a: a.length, b: b.length, c: c.length },
    wiresOf: { a: new Set(a).size, b: new Set(b).size },
  };
}

/** The witness of both systems for an input: each has to satisfy both. @returns the linked system's */
export function isSameWitness(
  signals: CircuitInput,
  values: readonly Float64Array[],
  { linked, whole, partners }: { linked: Linked; whole: Gadget; partners: Int32Array },
): bigint[] {
  const ours = witnessValues(linked.witness.calculate(signals, values));
  const theirs = witnessOf(whole, signals);
  expect(checkWitness(linked.r1cs, ours)).to.equal(-1);
  const moved = theirs.slice();
  ours.forEach((value, wire) => (moved[partners[wire]] = value));
  expect(moved).to.deep.equal(theirs);
  return ours;
}
