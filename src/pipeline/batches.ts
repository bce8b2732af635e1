import { join } from "node:path";
import { hashFiles, type BatchManifest } from "../artifacts/manifest.js";
import { batchFolder } from "../artifacts/paths.js";
import { ceremonyFolder } from "../ceremony/circuits.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { requireLinkable } from "../forecast/needs.js";
import { fittingBatch, type Batch } from "../netlist/batch.js";
import type { Progress } from "../progress/progress.js";
import type { IntegerModel } from "./integerModel.js";
import { batchCircuit } from "./linkable.js";
import { CIRCUIT_FILES, describeProvable, makeProvable, type ProvableParameters } from "./provable.js";
import { TEXT_FILES } from "./writeCircuit.js";
import { writeBatch } from "./writeTexts.js";

/** Jobs of one proof at most: their words are calldata of one transaction. */
const MOST_JOBS = 1024;

/** A batch's files in its folder, by what they are. */
export const BATCH_FILES = { ...TEXT_FILES, ...CIRCUIT_FILES } as const;

export interface BatchesParameters extends Omit<ProvableParameters, "circuit" | "of"> {
  readonly name: string;
  /** Numbers of jobs that were asked for. */
  readonly batch: readonly number[];
}

/**
 * The batches of a model that a build makes, the smallest first.
 *
 * @throws Torch2CircomError where a number of jobs cannot be, or a batch does not fit
 */
export async function chooseBatches(
  { folder, batch: asked, anyway }: Pick<BatchesParameters, "folder" | "batch" | "anyway">,
  { program, netlist }: Pick<IntegerModel, "program" | "netlist">,
): Promise<Batch[]> {
  const wrong = asked.find((jobs) => !(Number.isInteger(jobs) && jobs >= 1 && jobs <= MOST_JOBS));
  if (wrong !== undefined)
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `A batch cannot have ${wrong} jobs`,
      `Give whole numbers from 2 to ${MOST_JOBS}.`,
    );
  // A batch of one is the model's own circuit, which each build makes.
  const several = asked.filter((jobs) => jobs > 1);
  if (several.length > 0 && netlist.inputMode === "public")
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "Jobs have inputs that are committed to, and this model shows its inputs",
      "Build with --input committed or --input evaluated, or without --batch.",
    );
  const bySize = new Map(
    several.map((jobs) => {
      const batch = fittingBatch(program, netlist, jobs);
      return [batch.jobs, batch] as const;
    }),
  );
  const batches = [...bySize.values()].sort((a, b) => a.jobs - b.jobs);
  for (const { provingDomain } of batches) await requireLinkable(provingDomain, folder, anyway);
  return batches;
}

/** Why batches have fewer jobs than were asked for. */
export function describeFewer(batches: readonly Batch[], asked: readonly number[] = []): string[] {
  return asked
    .filter((jobs) => jobs > 1 && !batches.some((batch) => batch.jobs === jobs))
    .map((jobs) => {
      const fewer = batches.findLast((batch) => batch.jobs < jobs)!;
      return `A proof of ${fewer.jobs} jobs instead of ${jobs}: it takes half the time, over 2^${fewer.provingDomain.power} rows`;
    });
}

/** Makes text, constraints and keys of batches, as far as they are not there. */
export async function makeBatches(
  batches: readonly Batch[],
  { program }: Pick<IntegerModel, "program">,
  { name, folder, ...parameters }: Omit<BatchesParameters, "batch">,
  progress: Progress,
): Promise<BatchManifest[]> {
  const made: BatchManifest[] = [];
  for (const batch of batches) {
    const own = join(folder, batchFolder(batch.jobs));
    const ceremony = ceremonyFolder(folder, name, batchFolder(batch.jobs));
    await writeBatch(own, name, batch, parameters.lowestBit);
    const circuit = batchCircuit(batch, program.operations.length);
    const of = ` of ${batch.jobs} jobs`;
    const provable = await makeProvable({ ...parameters, folder: own, circuit, of, ceremony }, progress);
    made.push({ jobs: batch.jobs, ...describeProvable(provable), hashes: await hashFiles(own, BATCH_FILES) });
  }
  return made;
}
