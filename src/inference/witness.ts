import { readFile } from "node:fs/promises";
import { hashOf } from "../artifacts/hash.js";
import { calculateWitness, witnessValues, type CircuitInput } from "../circom/witness.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { decodePlan } from "../link/planFile.js";
import { LinkedWitness } from "../link/witness.js";
import type { BuiltModel } from "./model.js";

/** What is ready to make witnesses, as long as its model is in use. */
const ready = new WeakMap<BuiltModel, Promise<LinkedWitness>>();

/**
 * The witness of a model's circuit.
 *
 * @param input of the circuit
 * @param values of the program's operations on it, as `programValues` gives them
 * @returns one value in [0, r) for each wire, in the order of the `.r1cs`
 * @throws Torch2CircomError where the build is damaged, or the circuit refuses the input
 */
export async function makeWitness(
  model: BuiltModel,
  input: CircuitInput,
  values: readonly Float64Array[],
): Promise<bigint[]> {
  const { manifest, paths } = model;
  // A build by a version before the linker: its key cannot be made again.
  if (manifest.files["witness"] === undefined) return calculateWitness(paths.wasm, input);
  const witness = ready.get(model) ?? load(model);
  ready.set(model, witness);
  return witnessValues((await witness).calculate(input, values));
}

async function load({ manifest, paths }: BuiltModel): Promise<LinkedWitness> {
  const bytes = await readFile(paths.witness).catch(() => undefined);
  if (bytes === undefined || hashOf(bytes) !== manifest.hashes["witness"])
    throw new Torch2CircomError(
      "BUILD_DAMAGED",
      `${paths.witness} is not the file that was built`,
      "Build the model again.",
    );
  return LinkedWitness.load(decodePlan(bytes, paths.witness));
}
