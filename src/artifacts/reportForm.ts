import { readFile, stat } from "node:fs/promises";
import * as v from "valibot";
import { describeIssue } from "../errors/formIssue.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { parseJson } from "./parseJson.js";

const number = v.pipe(v.number(), v.finite());
/** JSON has no spelling for what is not finite: errors of outputs that are infinite. */
const measured = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? NaN),
);
const integer = v.pipe(v.number(), v.safeInteger());
const count = v.pipe(integer, v.minValue(0));
const cost = { nonlinear: count, linear: count };
const list = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.readonly());
const counts = list(v.pipe(v.tuple([count, count, count]), v.readonly()));

const layer = v.object({
  layer: v.string(),
  gadget: v.string(),
  outputs: count,
  ...cost,
  /** Positions of the layers whose elements it takes, all before its own; -1 for the model's inputs. */
  from: v.optional(list(v.pipe(integer, v.minValue(-1)))),
  shape: v.optional(list(count)),
  range: v.optional(v.pipe(v.tuple([number, number]), v.readonly())),
});

/** What the page of a report reads of `report.json`. Reports of older versions lack what is optional. */
const reportSchema = v.object({
  accuracy: v.object({
    samples: count,
    metric: v.nullable(v.picklist(["accuracy", "mse"])),
    floatScore: v.nullable(number),
    integerScore: v.nullable(number),
    agreement: measured,
    outputs: list(v.object({ output: v.string(), rmsError: measured, greatestError: measured })),
  }),
  constraints: v.object(cost),
  provingDomain: v.object({ rows: count, power: count, rowsToHalf: integer }),
  floor: v.object({ spent: count, floor: count, ratio: number }),
  layers: v.pipe(
    list(layer),
    v.check(
      (layers) => layers.every(({ from = [] }, i) => from.every((source) => source < i)),
      "a layer takes elements of a later one",
    ),
  ),
  /** Positions of the layers whose elements are the outputs; -1 for the model's inputs. */
  results: v.optional(list(v.pipe(integer, v.minValue(-1)))),
  parts: list(v.object({ part: v.string(), gadget: v.string(), ...cost })),
  notices: list(v.string()),
  errors: v.optional(
    list(v.object({ layer: v.string(), rmsError: number, before: number, lo: number, hi: number })),
  ),
});

export type ReportForm = v.InferOutput<typeof reportSchema>;

/**
 * Both models side by side on the samples: `comparison.json`. It is in no manifest and in no bundle, since it has values of
 * the samples.
 */
const comparisonSchema = v.object({
  outputs: list(
    v.object({ output: v.string(), pairs: list(v.pipe(v.tuple([number, number]), v.readonly())) }),
  ),
  decisions: v.optional(
    v.object({
      classes: v.pipe(count, v.maxValue(64)),
      byFloat: counts,
      byLabel: v.optional(counts),
    }),
  ),
});

export type ComparisonForm = v.InferOutput<typeof comparisonSchema>;

/** How long the stages of the last build took: `stages.json`. It is in no manifest, since no two builds take as long. */
const stagesSchema = list(
  v.object({
    stage: v.string(),
    seconds: v.pipe(number, v.minValue(0)),
    /** The most memory of the build's process up to the end of the stage, in bytes. */
    peakBytes: count,
  }),
);

export type StageTimes = v.InferOutput<typeof stagesSchema>;

/** The choices of bits that the last calibration found: `calibration.json`. */
const calibrationSchema = v.object({
  /** Loss of accuracy that was allowed, in points. */
  maxLoss: v.pipe(number, v.minValue(0)),
  within: v.boolean(),
  trials: count,
  best: count,
  /** The trials that none beats in both cost and loss, and the best one, the cheapest first. */
  points: list(
    v.object({
      ...cost,
      power: count,
      loss: number,
      heldOut: v.optional(number),
      score: number,
      inputBits: count,
      weightBits: count,
      activationBits: count,
      /** How many layers have bits of their own. */
      layers: count,
    }),
  ),
});

export type Calibration = v.InferOutput<typeof calibrationSchema>;

/** More than any report of a model that can be proven has. */
const MOST_BYTES = 2 ** 28;

/** Reads `report.json`. @throws Torch2CircomError where it is missing or damaged */
export const readReport = (path: string): Promise<ReportForm> => read(path, reportSchema);

/** Reads `comparison.json`. @throws Torch2CircomError where it is missing or damaged */
export const readComparison = (path: string): Promise<ComparisonForm> => read(path, comparisonSchema);

/** Reads `stages.json`. @throws Torch2CircomError where it is missing or damaged */
export const readStages = (path: string): Promise<StageTimes> => read(path, stagesSchema);

/** Reads `calibration.json`. @throws Torch2CircomError where it is missing or damaged */
export const readCalibration = (path: string): Promise<Calibration> => read(path, calibrationSchema);

async function read<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const damaged = (why: string, cause?: Error) =>
    new Torch2CircomError("BUILD_DAMAGED", `${path} is damaged: ${why}`, "Build the model again.", cause);
  const { size } = await stat(path).catch((cause: Error) => {
    throw damaged("it cannot be read", cause);
  });
  if (size > MOST_BYTES) throw damaged(`it has ${size} bytes, more than any report`);
  const parsed = v.safeParse(schema, parseJson(await readFile(path, "utf8")), { abortEarly: true });
  if (!parsed.success) throw damaged(describeIssue(parsed.issues[0]));
  return parsed.output;
}
