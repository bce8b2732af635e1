import { expect } from "chai";
import { join } from "node:path";
import { modelPaths } from "../../src/artifacts/paths.js";
import { checkWitness, readR1cs } from "../../src/circom/r1cs.js";
import { loadInputs } from "../../src/import/samples/loadSamples.js";
import { circuitInput, commitInput, outputWords, programValues } from "../../src/inference/infer.js";
import { witnessElements } from "../../src/circom/witnessFile.js";
import { makeWitness } from "../../src/inference/witness.js";
import { loadModel } from "../../src/inference/model.js";
import type { ModelOptions } from "../../src/runtime/types.js";
import { FIXTURES, makeProject } from "./project.js";

export interface Road {
  readonly constraints: { readonly nonlinear: number; readonly linear: number };
  readonly samples: number;
  readonly proveSeconds: number;
  readonly notices: readonly string[];
}

/**
 * The whole road of one fixture model: build it; on every sample, the witness satisfies every constraint and shows
 * just what the integer executor says; then a proof that an in-process chain verifies.
 */
export async function walkTheRoad(name: string, options: ModelOptions = {}): Promise<Road> {
  const { hre } = await makeProject();
  const samples = join(FIXTURES, name);
  const { manifest, report, check } = await hre.torch2circom.build({
    model: join(samples, "model.pt2"),
    samples,
    name,
    check: true,
    ...options,
  });
  const { nonlinear, linear } = manifest.constraints;
  expect(check).to.deep.equal({ compared: true, constraints: nonlinear + linear });
  const paths = modelPaths(hre.config.torch2circom.outDir, name);
  const model = await loadModel(paths);
  const r1cs = readR1cs(paths.r1cs);
  const signals = manifest.inputs.map(({ name: id, shape }) => ({ id, dtype: "float" as const, shape }));
  const { count, inputs } = await loadInputs(samples, signals);
  for (let i = 0; i < count; i++) {
    const input = commitInput(model, new Map(signals.map(({ id }) => [id, inputs.get(id)![i]])));
    const witness = witnessElements(
      await makeWitness(model, circuitInput(model, input, 0n), programValues(model, input)),
    );
    const words = outputWords(model, input);
    expect(witness.slice(1, 1 + words.length), `outputs of sample ${i}`).to.deep.equal(words);
    expect(witness[r1cs.publicOutputs], `commitment of sample ${i}`).to.equal(input.commitment);
    expect(checkWitness(r1cs, witness), `violated constraint on sample ${i}`).to.equal(-1);
  }
  await hre.torch2circom.deploy();
  await hre.torch2circom.register(name);
  const { proof, publicSignals, seconds } = await hre.torch2circom.prove(name, { samples });
  const verdict = await hre.torch2circom.verify(name, { proof, publicSignals }, true);
  expect(verdict).to.include({ valid: true, validOnChain: true });
  return {
    constraints: manifest.constraints,
    samples: count,
    proveSeconds: seconds,
    notices: report.notices,
  };
}
