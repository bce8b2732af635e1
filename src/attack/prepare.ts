import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import { libraryRoot } from "../circom/explicitBits.js";
import { libraryText } from "../circom/libraryText.js";
import { readR1cs } from "../circom/r1cs.js";
import type { CircuitText } from "../circom/text/circuit.js";
import { readCircuit } from "../circom/text/read.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { prove } from "../groth16/prove.js";
import { verify } from "../groth16/verify.js";
import { circuitInput, outputSignals, programValues, type CommittedInput } from "../inference/infer.js";
import { makeWitness } from "../inference/witness.js";
import { linkCircuit } from "../link/link.js";
import { writeRows } from "../link/rows.js";
import { symbolsOf } from "../link/symbols.js";
import type { BuiltModel } from "../inference/model.js";
import type { Program } from "../program/types.js";
import { readSignals } from "./signals.js";
import type { AttackTarget } from "./types.js";
import { withOtherWeights } from "./words.js";

export interface PrepareParameters {
  readonly model: BuiltModel;
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  /** The input that is attacked, then those of which forgeries take parts. */
  readonly inputs: readonly CommittedInput[];
  /** Other models, whose outputs this circuit must refuse. */
  readonly others?: readonly { readonly name: string; readonly program: Program }[];
}

/**
 * A finished build with the names of its wires, and honest witnesses of some inputs.
 *
 * @throws Torch2CircomError where the build's sources do not give the build's circuit
 */
export async function prepareAttack({
  model,
  cacheDir,
  inputs,
  others = [],
}: PrepareParameters): Promise<AttackTarget> {
  const { manifest, paths, program, verificationKey } = model;
  const texts = {
    main: await readFile(paths.circuit, "utf8"),
    constants: await readFile(join(paths.folder, "constants.circom"), "utf8"),
    library: await libraryText(),
  };
  const circuit = readCircuit(texts);
  const sym = await nameWires(model, circuit, {
    cacheDir,
    root: libraryRoot(paths.folder, texts.main),
  });
  const r1cs = readR1cs(paths.r1cs);
  const signals = inputs.map((input) => circuitInput(model, input, BINDING));
  const witnesses: bigint[][] = [];
  for (const [i, input] of inputs.entries())
    witnesses.push(await makeWitness(model, signals[i], programValues(model, input)));
  return {
    name: manifest.name,
    r1cs,
    signals: readSignals(sym, circuit, r1cs),
    circuit,
    ...texts,
    program,
    programJson: await readFile(paths.program, "utf8"),
    inputs: manifest.inputs,
    outputs: manifest.outputs.map(({ packing }) => packing),
    inputMode: manifest.inputMode,
    show: (words) => outputSignals(model, inputs[0].salt, words),
    weightWords: model.secrets?.words.length ?? 0,
    input: signals[0],
    witness: witnesses[0],
    donors: witnesses.slice(1),
    others: [...others, ...withOtherWeights(program)],
    key: {
      verificationKey,
      prove: (witness) => prove(paths.zkey, witness),
      verify: (publicSignals, proof) => verify(verificationKey, publicSignals, proof),
    },
  };
}

/** Any job's: the attack on the binding changes it. */
const BINDING = 0x1234567890n;

/** Links the build's own circuit again, as its text says it, for the names of the wires. */
async function nameWires(
  { manifest, paths }: BuiltModel,
  circuit: CircuitText,
  { cacheDir, root }: { cacheDir: string; root: string },
): Promise<string> {
  const work = await mkdtemp(join(paths.folder, ".attack-"));
  try {
    const linked = await linkCircuit({ circuit, cacheDir, workDir: work, root });
    const r1cs = join(work, "main.r1cs");
    writeRows(linked, r1cs);
    const [ours, built] = [await hashFile(r1cs), await hashFile(paths.r1cs)];
    if (ours !== built || built !== manifest.hashes["r1cs"])
      throw new Torch2CircomError(
        "BUILD_DAMAGED",
        `${paths.circuit} does not give the constraints of the build`,
        "Build the model again: its sources, or those of the circuit library, have changed since.",
      );
    return [...symbolsOf(linked)].join("\n");
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
