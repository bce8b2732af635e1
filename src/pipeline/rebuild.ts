import { basename, join } from "node:path";
import { hashFiles, type Manifest } from "../artifacts/manifest.js";
import { batchFolder, segmentFolder } from "../artifacts/paths.js";
import type { Recipe } from "../artifacts/recipe.js";
import { explainDiskFull } from "../artifacts/stage.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { poolBeforeActivation } from "../graph/passes/poolBeforeActivation.js";
import type { Graph } from "../graph/types.js";
import { importModel } from "../import/importModel.js";
import type { Range } from "../lowering/types.js";
import { batchOf } from "../netlist/batch.js";
import type { ProvenNetlist } from "../netlist/netlist.js";
import { Cuttable } from "../netlist/segments/cut.js";
import type { Segment } from "../netlist/segments/segment.js";
import type { Program } from "../program/types.js";
import { sizeOf } from "../tensor/tensor.js";
import { followRecipe } from "./followRecipe.js";
import { batchCircuit, modelCircuit, segmentCircuit, type LinkableCircuit } from "./linkable.js";
import { linkStage } from "./linkStage.js";
import { describeProgram } from "./makeManifest.js";
import { SYSTEM_FILES } from "./provable.js";
import { TEXT_FILES } from "./writeCircuit.js";
import { PROGRAM_TEXTS, SEGMENT_TEXTS, writeBatch, writeProgram, writeSegment } from "./writeTexts.js";

export interface RebuildParameters {
  readonly modelFile: string;
  readonly recipe: Recipe;
  /** For what is made; best an empty one. */
  readonly folder: string;
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  /** Gets the fraction of the circuit that is linked, of each circuit in turn. */
  readonly onProgress?: (fraction: number) => void;
}

/** sha256 of files by what they are, under the names that a manifest has for them. */
export type RebuiltHashes = Readonly<Record<string, string>>;

/** What a manifest says of a model's program, beside its name and its accuracy. */
export type RebuiltDescription = Pick<
  Manifest,
  "name" | "inputMode" | "outputMode" | "domain" | "inputs" | "outputs"
>;

/** What a model and a recipe make, as a manifest lists it. */
export interface Rebuilt {
  readonly description: RebuiltDescription;
  /** Of the model's file. */
  readonly format: Manifest["model"]["format"];
  /** sha256 of the model file, by which the registry knows the model. */
  readonly modelHash: string;
  /** Of the program, its circuit, and, unless it is cut into segments, its constraint system. */
  readonly hashes: RebuiltHashes;
  readonly batches: readonly { readonly jobs: number; readonly hashes: RebuiltHashes }[];
  readonly segments: readonly { readonly hashes: RebuiltHashes }[];
}

/**
 * Makes a build's program, texts and constraint systems again, from its model file and its recipe alone: no samples, no
 * search, no keys.
 *
 * @param parameters.modelFile the model that the recipe is of
 * @param parameters.recipe see {@link readRecipe}
 * @returns the hashes of what it has written to the folder, to be compared with a manifest's
 * @throws Torch2CircomError where weights are private, the model is another one, or the recipe does not fit it
 * @example
 * const recipe = await readRecipe("digits/recipe.json");
 * const { hashes } = await rebuild({ modelFile: "digits.pt2", recipe, folder: "again", cacheDir: "cache" });
 * console.log(hashes.r1cs);
 */
export async function rebuild({
  modelFile,
  recipe,
  folder,
  cacheDir,
  onProgress,
}: RebuildParameters): Promise<Rebuilt> {
  const { name, lowestBit } = recipe;
  requireShownWeights(recipe);
  const { graph, sha256, format } = await importModel(modelFile, recipe.sizes);
  if (sha256 !== recipe.model)
    throw misfit(
      `The recipe is of another model file than ${basename(modelFile)}`,
      `Give the file with the sha256 ${recipe.model}; this one has ${sha256}.`,
    );
  const { program, netlist, batches, segments } = circuitsOf(poolBeforeActivation(graph), recipe);
  const system = async (own: string, circuit: LinkableCircuit, texts: Readonly<Record<string, string>>) => {
    await linkStage({ folder: own, circuit, lowestBit, cacheDir, onProgress });
    return hashFiles(own, { ...texts, ...SYSTEM_FILES });
  };
  const made = { batches: [] as Rebuilt["batches"][number][], segments: [] as Rebuilt["segments"][number][] };
  try {
    await writeProgram(folder, name, sha256, { program, netlist }, lowestBit);
    const hashes =
      segments.length > 0
        ? await hashFiles(folder, PROGRAM_TEXTS)
        : await system(folder, modelCircuit(netlist), PROGRAM_TEXTS);
    for (const batch of batches) {
      const own = join(folder, batchFolder(batch.jobs));
      await writeBatch(own, name, batch, lowestBit);
      const circuit = batchCircuit(batch, program.operations.length);
      made.batches.push({ jobs: batch.jobs, hashes: await system(own, circuit, TEXT_FILES) });
    }
    for (const segment of segments) {
      const own = join(folder, segmentFolder(segment.number));
      await writeSegment(own, name, segment, segments.length, lowestBit);
      made.segments.push({ hashes: await system(own, segmentCircuit(segment), SEGMENT_TEXTS) });
    }
    const modes = { inputMode: recipe.input, outputMode: recipe.output };
    const description = { name, ...modes, ...describeProgram(program, netlist) };
    return { modelHash: sha256, format, description, hashes, ...made };
  } catch (error) {
    throw explainDiskFull(error, folder, "rebuild");
  }
}

/** Program and circuits of a recipe. */
function circuitsOf(graph: Graph, recipe: Recipe) {
  const ranges = requireRanges(graph, recipe);
  try {
    const { program, netlist } = followRecipe(graph, recipe.model!, { ...recipe, ranges });
    const batches = recipe.batches.map((jobs) => batchOf(program, netlist, jobs));
    return { program, netlist, batches, segments: segmentsOf(program, netlist, recipe.cuts) };
  } catch (error) {
    if (error instanceof Torch2CircomError) throw error;
    // A recipe comes from anybody: its numbers can be of no program at all.
    throw misfit(
      "The recipe's numbers make no program",
      "Get recipe.json from the folder of the build.",
      error,
    );
  }
}

function segmentsOf(program: Program, netlist: ProvenNetlist, cuts: readonly number[]): readonly Segment[] {
  if (cuts.length === 0) return [];
  const segments = new Cuttable(program, netlist).at(cuts);
  if (segments !== undefined) return segments;
  throw misfit(
    "The recipe cuts the model where it cannot be cut",
    "Get recipe.json from the folder of the build.",
  );
}

function requireShownWeights({ weights, name }: Recipe): void {
  if (weights === "public") return;
  throw new Torch2CircomError(
    "WEIGHTS_MISSING",
    `The program of "${name}" cannot be made again: its weights are private, and the recipe has no ranges, which would tell of them`,
    "Whoever has model file and samples builds it again; others have the program without weights, and the commitment to these.",
  );
}

/** The ranges of a recipe. @throws Torch2CircomError where they are not those of the graph's values */
function requireRanges(graph: Graph, { ranges }: Recipe): ReadonlyMap<string, Range> {
  const values = [...graph.inputs.map(({ id }) => id), ...graph.nodes.flatMap(({ outputs }) => outputs)];
  const wrong = values.find((id) => ranges?.get(id)?.lo.length !== sizeOf(graph.types.get(id)!.shape));
  if (wrong === undefined) return ranges!;
  throw misfit(
    `The recipe has no ranges of all elements of the value "${wrong}"`,
    "Get recipe.json from the folder of the build, and use the version of this package that made it.",
  );
}

function misfit(problem: string, remedy: string, cause?: unknown): Torch2CircomError {
  return new Torch2CircomError("FILE_DAMAGED", problem, remedy, cause as Error | undefined);
}
