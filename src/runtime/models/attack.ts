import { basename } from "node:path";
import { attack } from "../../attack/attack.js";
import { prepareAttack } from "../../attack/prepare.js";
import type { AttackReport } from "../../attack/types.js";
import { makeIntegerModel } from "../../pipeline/integerModel.js";
import { LEAST_BITS } from "../../config/resolve.js";
import { importModel } from "../../import/importModel.js";
import type { ChosenSizes } from "../../import/symbolicSizes.js";
import { loadSamples } from "../../import/samples/loadSamples.js";
import { commitInput, type CommittedInput } from "../../inference/infer.js";
import { requireOneCircuit, type BuiltModel } from "../../inference/model.js";
import { createProgress, inStage } from "../../progress/progress.js";
import type { Program } from "../../program/types.js";
import { readSample } from "./sample.js";
import type { AttackOptions, WithSamples } from "../types.js";

/** How many other samples lend parts of their witnesses. */
const DONORS = 3;

/** Forges witnesses of a build on a sample. */
export async function attackBuild(
  model: BuiltModel,
  cacheDir: string,
  options: WithSamples<AttackOptions>,
): Promise<AttackReport> {
  requireOneCircuit(model, "an attack");
  const { samples, index = 0, seconds, other, sizes } = options;
  const progress = options.progress ?? createProgress({ silent: true });
  const target = await inStage(
    progress,
    "Name the wires and make honest witnesses",
    async () => {
      const inputs = [commitInput(model, await readSample(model, samples, index))];
      for (let i = 0; inputs.length <= DONORS && i <= DONORS + 1; i++) {
        const donor = i === index ? undefined : await donorAt(model, samples, i);
        if (donor !== undefined) inputs.push(donor);
      }
      const others = other === undefined ? [] : [await otherProgram(model, other, samples, sizes)];
      return prepareAttack({ model, cacheDir, inputs, others });
    },
    ({ r1cs, donors }) =>
      `${r1cs.constraints.toLocaleString("en")} constraints, ${donors.length + 1} witnesses`,
  );
  return attack(target, { seconds, progress });
}

/** Another sample as an input; undefined where there is none of that index, or it lies outside the domain. */
async function donorAt(
  model: BuiltModel,
  samples: string,
  index: number,
): Promise<CommittedInput | undefined> {
  try {
    return commitInput(model, await readSample(model, samples, index));
  } catch {
    return undefined;
  }
}

async function otherProgram(
  { manifest }: BuiltModel,
  file: string,
  samples: string,
  sizes?: ChosenSizes,
): Promise<{ name: string; program: Program }> {
  const imported = await importModel(file, sizes);
  // It is asked the same integers.
  const inputBits = manifest.inputs.reduce((most, { packing }) => Math.max(most, packing.width), LEAST_BITS);
  const options = { inputBits, input: manifest.inputMode, output: manifest.outputMode };
  const { program } = makeIntegerModel(imported, await loadSamples(samples, imported.graph), options);
  return { name: basename(file), program };
}
