import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hashFiles, type KeyedManifest } from "../artifacts/manifest.js";
import { segmentFolder } from "../artifacts/paths.js";
import { writePrivate } from "../artifacts/writeFile.js";
import { ceremonyFolder } from "../ceremony/circuits.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { requireLinkable } from "../forecast/needs.js";
import { randomBits } from "../groth16/random.js";
import { Cuttable } from "../netlist/segments/cut.js";
import { provingDomain } from "../netlist/provingDomain.js";
import type { Segment } from "../netlist/segments/segment.js";
import type { Netlist } from "../netlist/types.js";
import type { Progress } from "../progress/progress.js";
import type { IntegerModel } from "./integerModel.js";
import { segmentCircuit } from "./linkable.js";
import { CIRCUIT_FILES, describeProvable, makeProvable, type ProvableParameters } from "./provable.js";
import { SEGMENT_TEXTS, writeSegment } from "./writeTexts.js";

/** How a model is to be cut: so many segments, or segments of so many rows, or as many as prove fastest. */
export type SegmentsOption = number | "auto" | { readonly rows: number };

/** A segment's files in its folder, by what they are. */
export const SEGMENT_FILES = { ...SEGMENT_TEXTS, ...CIRCUIT_FILES } as const;

/** Most segments that "auto" makes. */
const MOST_AUTOMATIC = 8;

export interface SegmentsParameters extends Omit<ProvableParameters, "circuit" | "of" | "phaseOne"> {
  readonly name: string;
}

/**
 * The segments of a model.
 *
 * @returns none where one circuit proves as fast
 * @throws Torch2CircomError where the model cannot be cut so, or a segment does not fit
 */
export async function chooseSegments(
  asked: SegmentsOption,
  { program, netlist }: Pick<IntegerModel, "program" | "netlist">,
  { folder, anyway }: Pick<SegmentsParameters, "folder" | "anyway">,
): Promise<readonly Segment[]> {
  if (!canBeCut(netlist))
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "Segments are of models whose inputs are committed to, whose weights are public and whose outputs are not encrypted",
      "Build with --input committed, --weights public and another --output, or without --segments.",
    );
  const cuttable = new Cuttable(program, netlist);
  const cutting = typeof asked === "number" ? { segments: asked } : asked;
  const segments = cutting === "auto" ? fastest(cuttable) : cuttable.cut(cutting);
  if (segments === undefined)
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      typeof asked === "number"
        ? `The model cannot be cut into ${asked} segments`
        : `The model cannot be cut into segments of ${(asked as { rows: number }).rows.toLocaleString("en")} rows`,
      `Its ${program.operations.length} operations are cut one behind the other: give more rows, or fewer segments.`,
    );
  for (const { provingDomain } of segments) await requireLinkable(provingDomain, folder, anyway);
  return segments.length > 1 ? segments : [];
}

/**
 * Whether segments can be made of a circuit: what else its public signals show, no segment does; and the last of them knows no
 * commitment that holds the salt of encrypted outputs.
 */
function canBeCut({ inputMode, outputMode, weightWords }: Netlist): boolean {
  return inputMode === "committed" && outputMode !== "encrypted" && weightWords.length === 0;
}

/** The cuts that take the least proving time in all, and of these the fewest: proving time follows powers of two. */
function fastest(cuttable: Cuttable): readonly Segment[] | undefined {
  let [best, least]: [readonly Segment[] | undefined, number] = [undefined, Infinity];
  for (let count = 1; count <= MOST_AUTOMATIC; count++) {
    const segments = cuttable.cut({ segments: count });
    const time = segments?.reduce((sum, { provingDomain }) => sum + 2 ** provingDomain.power, 0) ?? Infinity;
    if (time < least) [best, least] = [segments, time];
  }
  return best;
}

/** Smaller domains are proven within seconds anyway. */
const LEAST_POWER = 16;

/** What is worth a word: segments that take at most this share of the whole's proving time. */
const WORTH_IT = 0.75;

/** That segments would be proven in less time than the whole; nothing where they would not, or cannot be. */
export function proposeSegments({ program, netlist }: Pick<IntegerModel, "program" | "netlist">): string[] {
  const { power } = provingDomain(netlist);
  if (power < LEAST_POWER || !canBeCut(netlist)) return [];
  const segments = fastest(new Cuttable(program, netlist)) ?? [];
  const domains = segments.map(({ provingDomain: own }) => own.power);
  const share = domains.reduce((sum, own) => sum + 2 ** own, 0) / 2 ** power;
  if (segments.length < 2 || share > WORTH_IT) return [];
  const list = domains.map((own) => `2^${own}`).join(", ");
  return [
    `In ${segments.length} segments (--segments auto), proofs would be over ${list} rows instead of 2^${power}: about ${Math.round(100 * share)} % of the time, for more gas`,
  ];
}

/** Makes text, constraints and keys of segments, as far as they are not there. */
export async function makeSegments(
  segments: readonly Segment[],
  { name, folder, ...parameters }: SegmentsParameters,
  progress: Progress,
): Promise<KeyedManifest[]> {
  const phaseOne = parameters.ptau === undefined ? await developmentPhaseOne(folder) : undefined;
  const made: KeyedManifest[] = [];
  for (const segment of segments) {
    const own = join(folder, segmentFolder(segment.number));
    const ceremony = ceremonyFolder(folder, name, segmentFolder(segment.number));
    await writeSegment(own, name, segment, segments.length, parameters.lowestBit);
    const of = ` of segment ${segment.number + 1} of ${segments.length}`;
    const circuit = segmentCircuit(segment);
    const place = { folder: own, ceremony, phaseOne };
    const provable = await makeProvable({ ...parameters, ...place, circuit, of }, progress);
    made.push({ ...describeProvable(provable), hashes: await hashFiles(own, SEGMENT_FILES) });
  }
  return made;
}

/** What the keys of a pipeline's development setup have in common. It is kept, so that an interrupted build goes on. */
async function developmentPhaseOne(folder: string): Promise<string> {
  const path = join(folder, "development-phase-1");
  if (!existsSync(path)) await writePrivate(path, randomBits(256).toString(16), "keep");
  return readFile(path, "utf8");
}
