import { readFile } from "node:fs/promises";
import { hashOf } from "../artifacts/hash.js";
import { calculateWitness, type CircuitInput } from "../circom/witness.js";
import type { Witness } from "../circom/witnessFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { decodePlan } from "../link/planFile.js";
import { LinkedWitness } from "../link/witness.js";
import type { BuiltCircuit } from "./model.js";

/** What is ready to make witnesses, as long as its circuit is in use. */
const ready = new WeakMap<BuiltCircuit, Promise<LinkedWitness>>();

/**
 * The witness of a circuit.
 *
 * @param input of the circuit
 * @param values of the program's operations on it, as `programValues` gives them, of a batch one job after the other
 * @returns one element for each wire, in the order of the `.r1cs`
 * @throws Torch2CircomError where the build is damaged, or the circuit refuses the input
 */
export async function makeWitness(
  circuit: BuiltCircuit,
  input: CircuitInput,
  values: readonly Float64Array[],
): Promise<Witness> {
  const { hashes, paths } = circuit;
  // A build by a version before the linker: its key cannot be made again.
  if (hashes["witness"] === undefined) return calculateWitness(paths.wasm, input);
  const witness = ready.get(circuit) ?? load(circuit);
  ready.set(circuit, witness);
  return (await witness).calculate(input, values);
}

async function load({ hashes, paths }: BuiltCircuit): Promise<LinkedWitness> {
  const bytes = await readFile(paths.witness).catch(() => undefined);
  if (bytes === undefined || hashOf(bytes) !== hashes["witness"])
    throw new Torch2CircomError(
      "BUILD_DAMAGED",
      `${paths.witness} is not the file that was built`,
      "Build the model again.",
    );
  return LinkedWitness.load(decodePlan(bytes, paths.witness));
}
