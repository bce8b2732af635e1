import { basename } from "node:path";
import { keepBuild, keysId } from "../artifacts/keptKeys.js";
import { withLock } from "../artifacts/lock.js";
import { writeManifest, type Manifest } from "../artifacts/manifest.js";
import { ceremonyFolder } from "../ceremony/circuits.js";
import { explainDiskFull } from "../artifacts/stage.js";
import { serializeRecipe, type Recipe } from "../artifacts/recipe.js";
import { writeWhole } from "../artifacts/writeFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { requireLinkable } from "../forecast/needs.js";
import { importModel, type ImportedModel } from "../import/importModel.js";
import { loadSamples, type Samples } from "../import/samples/loadSamples.js";
import type { SystemCheck } from "../inference/checkSystem.js";
import type { Batch } from "../netlist/batch.js";
import type { Segment } from "../netlist/segments/segment.js";
import { provingDomain } from "../netlist/provingDomain.js";
import { packageVersion } from "../packageRoot.js";
import { requirePowersOfTau } from "../phase1/header.js";
import { obtainPowersOfTau } from "../phase1/obtain.js";
import { CEREMONY, type PowersOfTau } from "../phase1/source.js";
import { inStage, type Progress } from "../progress/progress.js";
import type { BuildParameters } from "./buildParameters.js";
import { chooseBatches, describeFewer, makeBatches } from "./batches.js";
import { makeIntegerModel, writeIntegerModel, type IntegerModel, type NamedModel } from "./integerModel.js";
import { modelCircuit } from "./linkable.js";
import { cardOf, requireFittingCard } from "./modelCard.js";
import { makeManifest, segmentedManifest } from "./makeManifest.js";
import { makeProvable } from "./provable.js";
import { describeAccuracy, type Report } from "./report.js";
import { askSecondOpinion } from "./secondOpinion.js";
import { chooseSegments, makeSegments, proposeSegments } from "./segments.js";
import { writeVerifier } from "./verifier.js";

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
export async function buildModel(given: BuildParameters, progress: Progress): Promise<BuildResult> {
  const { name, paths, source, anyway = false } = given;
  await requireOwnPowersOfTau(given);
  const imported = await inStage(
    progress,
    `Import ${basename(source)}`,
    () => importModel(source, given.sizes),
    ({ formatDetail, parameters: count }) => `${formatDetail}, ${count.toLocaleString("en")} parameters`,
  );
  const samples = await loadSamples(given.samples, imported.graph);
  const parameters = { ...given, card: cardOf(given.card, samples.names, imported.graph) };
  return withLock(paths.folder, async () =>
    keepingKey(parameters, async (mayReplaceKey) => {
      const { integer, batches, segments } = await inStage(
        progress,
        "Quantize and measure accuracy",
        () => quantizeModel(imported, samples, parameters),
        (made) => describeAccuracy(made.integer.accuracy),
      );
      for (const line of describeFewer(batches, parameters.batch)) progress.note(line);
      if (parameters.segments === undefined) for (const line of proposeSegments(integer)) progress.note(line);
      const ptau = await powersOfTauFor({ integer, batches, segments }, parameters, progress);
      const { model, report } = await inStage(
        progress,
        "Check every width a second time",
        async () => {
          const written = await writeModel(imported, { integer, batches, segments }, parameters);
          return { ...written, checks: await askSecondOpinion(paths) };
        },
        ({ checks }) => `${checks.toLocaleString("en")} checks by independent code`,
      );
      const beforeKeys = () => {
        if (!mayReplaceKey) throw new KeyReplaced();
      };
      const common = { ...parameters, ptau, folder: paths.folder, anyway, beforeKeys };
      if (segments.length > 0) {
        const parts = await makeSegments(segments, common, progress);
        const manifest = await segmentedManifest(parameters, model, integer, parts);
        await writeManifest(paths.manifest, manifest);
        return { manifest, report };
      }
      const own = {
        circuit: modelCircuit(integer.netlist),
        of: "",
        ceremony: ceremonyFolder(paths.folder, name),
      };
      const provable = await makeProvable({ ...common, ...own }, progress);
      const { kind, verificationKey } = provable.keys;
      await writeVerifier(parameters.verifier, { name, sha256: model.sha256 }, kind, verificationKey);
      const built = await makeBatches(batches, integer, common, progress);
      const manifest = await makeManifest(parameters, model, integer, provable, built);
      await writeManifest(paths.manifest, manifest);
      return { manifest, report };
    }),
  );
}

/** An integer program, and what is proven of it. */
interface Plan {
  readonly integer: IntegerModel;
  readonly batches: readonly Batch[];
  readonly segments: readonly Segment[];
}

/** Makes the integer program, if circuits of it will fit. */
async function quantizeModel(
  imported: ImportedModel,
  samples: Samples,
  parameters: BuildParameters,
): Promise<Plan> {
  const { paths, batch = [], anyway = false } = parameters;
  if (parameters.segments !== undefined && batch.length > 0)
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "A model is built in segments, or with batches: one proof of many jobs is of one circuit",
      "Build with --segments or with --batch.",
    );
  const integer = makeIntegerModel(imported, samples, parameters);
  requireFittingCard(parameters.card, integer.program, integer.netlist);
  const place = { folder: paths.folder, anyway };
  const segments =
    parameters.segments === undefined ? [] : await chooseSegments(parameters.segments, integer, place);
  if (segments.length === 0) await requireLinkable(provingDomain(integer.netlist), paths.folder, anyway);
  const batches = await chooseBatches({ ...place, batch }, integer);
  return { integer, batches, segments };
}

/** Writes the integer program, its circuit, and what they are made by. */
async function writeModel(
  imported: ImportedModel,
  plan: Plan,
  parameters: BuildParameters,
): Promise<{ readonly model: NamedModel; readonly report: Report }> {
  const { name, paths, lowestBit } = parameters;
  try {
    const written = await writeIntegerModel(paths, name, imported, plan.integer, lowestBit);
    await writeWhole(paths.recipe, serializeRecipe(recipeOf(imported, parameters, plan)));
    return written;
  } catch (error) {
    throw explainDiskFull(error, paths.folder, "quantize");
  }
}

/** Refuses a file of the user's by its form, before anything long begins. */
async function requireOwnPowersOfTau({ ptau }: BuildParameters): Promise<void> {
  if (ptau !== undefined && ptau !== CEREMONY && "path" in ptau) await requirePowersOfTau(ptau.path, 0);
}

/** One file for all keys of a build: those of segments must have one phase 1. Before anything of the old build is replaced. */
async function powersOfTauFor(
  { integer, batches, segments }: Plan,
  { ptau, cacheDir, downloads }: BuildParameters,
  progress: Progress,
): Promise<PowersOfTau | undefined> {
  if (ptau === undefined) return undefined;
  const domains = [...batches, ...segments].map((circuit) => circuit.provingDomain);
  if (segments.length === 0) domains.push(provingDomain(integer.netlist));
  const size = Math.max(...domains.map(({ rows }) => rows)) - 1;
  return obtainPowersOfTau({ source: ptau, size, cacheDir, trouble: downloads }, progress);
}

/** What the program and all circuits of a build were made by. */
function recipeOf(
  { sha256 }: ImportedModel,
  { name, sizes = {}, lowestBit = "expression" }: BuildParameters,
  { integer: { recipe }, batches, segments }: Plan,
): Recipe {
  const isPrivate = recipe.weights === "private";
  return {
    format: "torch2circom-recipe-1",
    version: packageVersion(),
    name,
    ...recipe,
    ...(isPrivate ? { model: null, ranges: null } : { model: sha256 }),
    sizes,
    lowestBit,
    batches: batches.map(({ jobs }) => jobs),
    cuts: segments.flatMap(({ end }) => end ?? []),
  };
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
