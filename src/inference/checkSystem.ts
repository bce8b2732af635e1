import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkWitness, readR1cs } from "../circom/r1cs.js";
import { calculateWitness, type CircuitInput } from "../circom/witness.js";
import { witnessElements } from "../circom/witnessFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Difference } from "../link/compare.js";
import { compareWithCircom } from "../link/compareWithCircom.js";
import { circuitInput, programValues, type CommittedInput } from "./infer.js";
import type { BuiltCircuit, BuiltModel } from "./model.js";
import { prepareBatch } from "./proveBatch.js";
import { edgeSalts } from "./provePipeline.js";
import { segmentInput } from "./segmentInput.js";
import { makeWitness } from "./witness.js";

/** What came of the comparison of a build's constraints with those that circom makes of its text. */
export interface SystemCheck {
  /** False: circom ran out of memory on the whole circuit. */
  readonly compared: boolean;
  readonly constraints: number;
}

/** A circuit of a build, and what it is given. */
export interface CheckedCircuit {
  /** What it is, for people. */
  readonly name: string;
  readonly circuit: BuiltCircuit;
  readonly signals: CircuitInput;
  readonly values: readonly Float64Array[];
}

/** All circuits of a build, on an input: the model's own, then those of many jobs; or its segments. */
export function circuitsOf(model: BuiltModel, input: CommittedInput): CheckedCircuit[] {
  const { manifest, segments, batches } = model;
  const { name } = manifest;
  const values = programValues(model, input);
  const whole = circuitInput(model, input, 0n);
  if (segments.length > 0) {
    const secrets = { binding: 0n, salts: edgeSalts(model) };
    return segments.map((circuit, number) => ({
      name: `segment ${number + 1} of ${name}`,
      circuit,
      signals: segmentInput(circuit.form, manifest, whole, values, secrets),
      values,
    }));
  }
  return [
    { name, circuit: model, signals: whole, values },
    ...batches.map((circuit) => {
      const given = prepareBatch(model, circuit, [{ input, binding: 0n }]);
      return { name: `${circuit.jobs} jobs of ${name}`, circuit, signals: given.input, values: given.values };
    }),
  ];
}

/**
 * Compiles a circuit of a build whole with circom, and compares: the constraint systems have to be the same up to the numbers
 * of wires and the order of rows, and each has to accept the other's witness for an input. The text of the circuit is the
 * record of what is proven; this shows that the linked constraints say the same.
 *
 * @throws Torch2CircomError where they differ
 */
export async function checkSystem({ name, circuit, signals, values }: CheckedCircuit): Promise<SystemCheck> {
  const { paths } = circuit;
  const linked = readR1cs(paths.r1cs);
  const work = await mkdtemp(join(paths.folder, ".check-"));
  try {
    const found = await compareWithCircom(linked, paths.circuit, work);
    if (found === undefined) return { compared: false, constraints: linked.constraints };
    const { whole, compiled, difference, partners } = found;
    if (difference !== undefined) throw differs(name, describe(difference));
    const ours = witnessElements(await makeWitness(circuit, signals, values));
    const theirs = await calculateWitness(compiled.wasm, signals);
    // Both ways: wire for wire, since the systems are the same.
    const moved = new Array<bigint>(theirs.length);
    const back = new Array<bigint>(ours.length);
    partners.forEach((partner, wire) => {
      moved[partner] = ours[wire];
      back[wire] = theirs[partner];
    });
    if (checkWitness(whole, moved) >= 0) throw differs(name, "circom's refuse the build's witness");
    if (checkWitness(linked, back) >= 0) throw differs(name, "the build's refuse circom's witness");
    return { compared: true, constraints: linked.constraints };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function describe({ wires, onlyInFirst, onlyInSecond }: Difference): string {
  return `${onlyInFirst} constraints are the build's only, ${onlyInSecond} circom's only, and ${wires} wires are without a partner`;
}

function differs(name: string, how: string): Torch2CircomError {
  return new Torch2CircomError(
    "INTERNAL_CHECK_FAILED",
    `The constraints of ${name} are not those that circom makes of its circuit: ${how}`,
    "Do not use this build: build the model again, and report it with the model if it happens again.",
  );
}
