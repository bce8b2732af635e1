import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import { withLock } from "../artifacts/lock.js";
import { runStage } from "../artifacts/stage.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import { compileCircom, hashCircuit } from "../circom/compile.js";
import { libraryText } from "../circom/libraryText.js";
import { readR1cs } from "../circom/r1cs.js";
import { readCircuit } from "../circom/text/read.js";
import { calculateWitness } from "../circom/witness.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { prove } from "../groth16/prove.js";
import { verify } from "../groth16/verify.js";
import { circuitInput, outputSignals, type CommittedInput } from "../inference/infer.js";
import type { BuiltModel } from "../inference/model.js";
import type { Program } from "../program/types.js";
import { readSignals } from "./signals.js";
import type { AttackTarget } from "./types.js";
import { withOtherWeights } from "./words.js";

/** Below the build's folder: the circuit compiled again, with the names of its wires. */
const FOLDER = ".attack";

export interface PrepareParameters {
  readonly model: BuiltModel;
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
  inputs,
  others = [],
}: PrepareParameters): Promise<AttackTarget> {
  const { manifest, paths, program, verificationKey } = model;
  const sym = await nameWires(model);
  const texts = {
    main: await readFile(paths.circuit, "utf8"),
    constants: await readFile(join(paths.folder, "constants.circom"), "utf8"),
    library: await libraryText(),
  };
  const circuit = readCircuit(texts);
  const r1cs = readR1cs(paths.r1cs);
  const signals = inputs.map((input) => circuitInput(model, input, BINDING));
  const witnesses: bigint[][] = [];
  for (const input of signals) witnesses.push(await calculateWitness(paths.wasm, input));
  return {
    name: manifest.name,
    r1cs,
    signals: readSignals(await readFile(sym, "utf8"), circuit, r1cs),
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

/** Compiles the build's own circuit again for its `.sym` file. It is kept as long as the sources stay the same. */
async function nameWires({ manifest, paths }: BuiltModel): Promise<string> {
  const [r1cs, sym] = [join(FOLDER, "main.r1cs"), join(FOLDER, "main.sym")];
  await withLock(paths.folder, async () =>
    runStage({
      folder: paths.folder,
      name: "attack",
      inputs: { sources: await hashCircuit(paths.circuit), tools: toolVersions() },
      outputs: [r1cs, sym],
      run: async (work) => {
        await compileCircom({ main: paths.circuit, outDir: join(work, FOLDER), sym: true, wasm: false });
        return {};
      },
    }),
  );
  const [ours, built] = [await hashFile(join(paths.folder, r1cs)), await hashFile(paths.r1cs)];
  if (ours !== built || built !== manifest.hashes["r1cs"])
    throw new Torch2CircomError(
      "BUILD_DAMAGED",
      `${paths.circuit} does not compile to the circuit of the build`,
      "Build the model again: its sources, or those of the circuit library, have changed since.",
    );
  return join(paths.folder, sym);
}
