import { basename } from "node:path";
import { keepBuild, keysId } from "../artifacts/keptKeys.js";
import { withLock } from "../artifacts/lock.js";
import { writeManifest, type Manifest } from "../artifacts/manifest.js";
import type { ModelPaths } from "../artifacts/paths.js";
import { explainDiskFull } from "../artifacts/stage.js";
import { writeWhole } from "../artifacts/writeFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { requireLinkable } from "../forecast/needs.js";
import { requirePowersOfTau } from "../groth16/ptauHeader.js";
import { renderVerifier } from "../groth16/verifierTemplate.js";
import { importModel, type ImportedModel } from "../import/importModel.js";
import { loadSamples, type Samples } from "../import/samples/loadSamples.js";
import type { SystemCheck } from "../inference/checkSystem.js";
import type { Batch } from "../netlist/batch.js";
import type { Segment } from "../netlist/segments/segment.js";
import { provingDomain } from "../netlist/provingDomain.js";
import { inStage, type Progress } from "../progress/progress.js";
import { chooseBatches, describeFewer, makeBatches } from "./batches.js";
import {
  makeIntegerModel,
  writeIntegerModel,
  type CircuitOptions,
  type IntegerModel,
  type NamedModel,
} from "./integerModel.js";
import { modelCircuit } from "./linkable.js";
import { makeManifest, segmentedManifest } from "./makeManifest.js";
import { makeProvable } from "./provable.js";
import { describeAccuracy, type Report } from "./report.js";
import { askSecondOpinion } from "./secondOpinion.js";
import { chooseSegments, makeSegments, type SegmentsOption } from "./segments.js";
import type { PowersOfTau } from "./setUpStage.js";

export interface BuildParameters extends CircuitOptions {
  readonly name: string;
  /** The model file and its calibration samples. */
  readonly source: string;
  readonly samples: string;
  /** Of axes that the model file leaves open, by their names. */
  readonly sizes?: Readonly<Record<string, number>>;
  readonly paths: ModelPaths;
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  /** Path of the Solidity verifier to write. */
  readonly verifier: string;
  /** @default none: a development setup */
  readonly ptau?: PowersOfTau;
  /** Numbers of jobs that are to be proven at once, each by a circuit and a key of its own. @default none */
  readonly batch?: readonly number[];
  /** How the model is cut into segments, each with a circuit and a key of its own. @default not at all */
  readonly segments?: SegmentsOption;
  /** Whether a key that has a contribution or is registered may be replaced. @default false */
  readonly force?: boolean;
  /** Whether to go on where memory or disk would not suffice. @default false */
  readonly anyway?: boolean;
}

export interface BuildResult {
  readonly manifest: Manifest;
  readonly report: Report;
  /** What came of `check`, where it was asked for. */
  readonly check?: SystemCheck;
}

/**
 * Model file -> circuit, keys, verifier and manifest. The linker and the setup are skipped where what they read
 * has not changed, so that an interrupted build goes on where it was.
 *
 * @throws Torch2CircomError for whatever a user can mend
 */
export async function buildModel(parameters: BuildParameters, progress: Progress): Promise<BuildResult> {
  const { name, paths, source, ptau, anyway = false } = parameters;
  if (ptau !== undefined) await requirePowersOfTau(ptau.path, 0);
  const imported = await inStage(
    progress,
    `Import ${basename(source)}`,
    () => importModel(source, parameters.sizes),
    ({ formatDetail, parameters: count }) => `${formatDetail}, ${count.toLocaleString("en")} parameters`,
  );
  const samples = await loadSamples(parameters.samples, imported.graph);
  return withLock(paths.folder, async () =>
    keepingKey(parameters, async (mayReplaceKey) => {
      const { model, integer, report, batches, segments } = await inStage(
        progress,
        "Quantize and measure accuracy",
        () => quantizeModel(imported, samples, parameters),
        (made) => describeAccuracy(made.report.accuracy),
      );
      for (const line of describeFewer(batches, parameters.batch)) progress.note(line);
      await inStage(
        progress,
        "Check every width a second time",
        () => askSecondOpinion(paths),
        (checks) => `${checks.toLocaleString("en")} checks by independent code`,
      );
      const beforeKeys = () => {
        if (!mayReplaceKey) throw new KeyReplaced();
      };
      const common = { ...parameters, folder: paths.folder, anyway, beforeKeys };
      if (segments.length > 0) {
        const parts = await makeSegments(segments, common, progress);
        const manifest = await segmentedManifest(parameters, model, integer, parts);
        await writeManifest(paths.manifest, manifest);
        return { manifest, report };
      }
      const own = { circuit: modelCircuit(integer.netlist), of: "" };
      const provable = await makeProvable({ ...common, ...own }, progress);
      const { keys } = provable;
      const header = `${name}: generated by torch2circom:build from a model with sha256 ${model.sha256}, ${keys.kind} setup; do not edit.`;
      const verifier = renderVerifier(keys.verificationKey, { contractName: contractNameOf(name), header });
      await writeWhole(parameters.verifier, verifier);
      const built = await makeBatches(batches, integer, common, progress);
      const manifest = await makeManifest(parameters, model, integer, provable, built);
      await writeManifest(paths.manifest, manifest);
      return { manifest, report };
    }),
  );
}

/** Makes the integer program and writes it, if circuits and keys of it will fit. */
async function quantizeModel(
  imported: ImportedModel,
  samples: Samples,
  parameters: BuildParameters,
): Promise<{
  readonly integer: IntegerModel;
  readonly model: NamedModel;
  readonly report: Report;
  readonly batches: readonly Batch[];
  readonly segments: readonly Segment[];
}> {
  const { name, paths, ptau, batch = [], anyway = false, lowestBit } = parameters;
  if (parameters.segments !== undefined && batch.length > 0)
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "A model is built in segments, or with batches: one proof of many jobs is of one circuit",
      "Build with --segments or with --batch.",
    );
  const integer = makeIntegerModel(imported, samples, parameters);
  const place = { folder: paths.folder, ptau, anyway };
  const segments =
    parameters.segments === undefined ? [] : await chooseSegments(parameters.segments, integer, place);
  if (segments.length === 0) {
    const domain = provingDomain(integer.netlist);
    await requireLinkable(domain, paths.folder, anyway);
    if (ptau !== undefined) await requirePowersOfTau(ptau.path, domain.rows - 1);
  }
  const batches = await chooseBatches({ ...place, batch }, integer);
  try {
    const written = await writeIntegerModel(paths, name, imported, integer, lowestBit);
    return { ...written, integer, batches, segments };
  } catch (error) {
    throw explainDiskFull(error, paths.folder, "quantize");
  }
}

/** The old key is to be replaced, and nobody has said so. */
class KeyReplaced extends Error {}

/** Keeps a key that can never be made again, with its build; and the whole folder as it is where the new build fails. */
async function keepingKey(
  { name, paths, force = false }: BuildParameters,
  build: (mayReplaceKey: boolean) => Promise<BuildResult>,
): Promise<BuildResult> {
  const kept = await keepBuild(paths);
  if (kept === undefined) return build(true);
  try {
    const result = await build(force);
    const isSame = basename(kept.folder) === keysId(result.manifest);
    if (isSame) await kept.forget();
    else if (!force) throw new KeyReplaced();
    return result;
  } catch (error) {
    await kept.restore();
    if (!(error instanceof KeyReplaced)) throw error;
    throw new Torch2CircomError(
      "KEY_KEPT",
      `The build would replace the key of "${name}": ${kept.why}`,
      "Choose another --name; or say --force: the old key and its build are then kept in the folder keys/ of the build.",
    );
  }
}

/** `lenet-5` -> `Lenet5Verifier`. */
export function contractNameOf(model: string): string {
  const words = model.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return `${words.map((word) => word[0].toUpperCase() + word.slice(1)).join("")}Verifier`;
}
