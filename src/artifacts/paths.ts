import { join } from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { MODEL_NAME } from "./names.js";

/** Where the files of one model's build lie. */
export interface ModelPaths {
  readonly folder: string;
  readonly program: string;
  /** Weights that are not to be shown, where the build has such. */
  readonly secrets: string;
  readonly circuit: string;
  readonly r1cs: string;
  /** How a witness is made; and the generator that a circuit has which circom compiled whole. */
  readonly witness: string;
  readonly wasm: string;
  readonly zkey: string;
  readonly verificationKey: string;
  readonly recipe: string;
  readonly report: string;
  /** The report as a page, and what only the page reads: values of the samples, how long stages took, and the choices of bits. */
  readonly page: string;
  readonly comparison: string;
  readonly stages: string;
  readonly calibration: string;
  readonly manifest: string;
}

/**
 * @param builds folder of all builds; see `outDir` in the plugin's configuration.
 * @param name of the model.
 * @throws Torch2CircomError if the name could not be that of a folder and of a contract.
 */
export function modelPaths(builds: string, name: string): ModelPaths {
  if (!MODEL_NAME.test(name))
    throw new Torch2CircomError(
      "INVALID_NAME",
      `"${name}" cannot be the name of a model`,
      "Use up to 64 letters, digits, - and _, beginning with a letter.",
    );
  return pathsIn(join(builds, name));
}

/** Folder in a build's folder, in which keys that were replaced are kept, each with its build, by the key's hash. */
export const KEPT_KEYS = "keys";

/** Folder in a build's folder, with the ceremonies of its keys: no command deletes it or writes over it. */
export const CEREMONIES = "ceremony";

/** The folder of a batch in a build's folder. */
export function batchFolder(jobs: number): string {
  return `batch-${jobs}`;
}

/** The folder of a segment in a build's folder: `segment-1` is that of number 0, the first. */
export function segmentFolder(number: number): string {
  return `segment-${number + 1}`;
}

/** The files of a build in its folder. */
export function pathsIn(folder: string): ModelPaths {
  return {
    folder,
    program: join(folder, "program.json"),
    secrets: join(folder, "weights.private.json"),
    circuit: join(folder, "main.circom"),
    r1cs: join(folder, "main.r1cs"),
    witness: join(folder, "main.witness"),
    wasm: join(folder, "main_js", "main.wasm"),
    zkey: join(folder, "proving.zkey"),
    verificationKey: join(folder, "verification_key.json"),
    recipe: join(folder, "recipe.json"),
    report: join(folder, "report.json"),
    page: join(folder, "report.html"),
    comparison: join(folder, "comparison.json"),
    stages: join(folder, "stages.json"),
    calibration: join(folder, "calibration.json"),
    manifest: join(folder, "manifest.json"),
  };
}
