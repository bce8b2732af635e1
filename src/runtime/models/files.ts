import { estimate, estimateOn } from "../../pipeline/estimate.js";
import { integerModels, makeIntegerModel, type CircuitOptions } from "../../pipeline/integerModel.js";
import { resolveModel } from "../../config/resolve.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { importModel } from "../../import/importModel.js";
import { inspectModel } from "../../import/inspectModel.js";
import { loadSamples } from "../../import/samples/loadSamples.js";
import { RefusedError } from "../../quantize/refused.js";
import { calibrateBits, type Calibrated, type CalibrateOptions } from "../../search/calibrateBits.js";
import { definedOnly } from "./options.js";
import type {
  FileEvaluation,
  HeldOutOptions,
  InspectOptions,
  Inspection,
  ModelOptions,
  SizeOptions,
} from "../types.js";

/** What a file holds; and if it can be proven, what that would cost: on samples as in a build, else by a guess. */
export async function inspectFile(
  file: string,
  { samples, ...options }: InspectOptions & ModelOptions = {},
): Promise<Inspection> {
  const inspection = await inspectModel(file, options.sizes);
  if (inspection.unsupported.length > 0) return { ...inspection, estimate: null };
  try {
    const model = await importModel(file, options.sizes);
    if (samples === undefined) return { ...inspection, estimate: estimate(model.graph).estimate };
    const rows = await loadSamples(samples, model.graph);
    return { ...inspection, estimate: estimateOn(model, rows, circuitOptions(options)).estimate };
  } catch (error) {
    if (error instanceof RefusedError) return { ...inspection, unsupported: error.refusals, estimate: null };
    // Samples that do not fit are no matter of the model.
    if (!(error instanceof Torch2CircomError) || samples !== undefined) throw error;
    return { ...inspection, estimate: null, obstacle: error.message };
  }
}

/** Scores of the float model and of the integer program on samples; no circuit is made. */
export async function evaluateFile(
  file: string,
  samples: string,
  options: ModelOptions = {},
): Promise<FileEvaluation> {
  const model = await importModel(file, options.sizes);
  const rows = await loadSamples(samples, model.graph);
  const { accuracy, bits, notices } = makeIntegerModel(model, rows, circuitOptions(options));
  return { ...accuracy, ...bits, notices: [...model.notices, ...notices] };
}

/** The share of the samples that is held out where there are enough of them. */
const HELD_OUT = 1 / 4;
const ENOUGH_SAMPLES = 16;

/** Samples by which bits are chosen, and samples that only confirm the choice, evenly among them. */
function parted(count: number, share = count < ENOUGH_SAMPLES ? 0 : HELD_OUT): Parted {
  if (!(share >= 0 && Math.floor(count * share) < count))
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `${100 * share} % of ${count} samples held out leave none to choose by`,
      "Hold out less, or give more samples.",
    );
  const all = Array.from({ length: count }, (_, i) => i);
  const isHeld = (i: number) => Math.floor((i + 1) * share) > Math.floor(i * share);
  return { judgedBy: all.filter((i) => !isHeld(i)), heldOut: all.filter(isHeld) };
}

interface Parted {
  readonly judgedBy: readonly number[];
  readonly heldOut: readonly number[];
}

/** The bits with which a model has the fewest constraints within a loss of accuracy; no circuit is made. */
export async function calibrateFile(
  file: string,
  samples: string,
  options: CalibrateOptions & HeldOutOptions & SizeOptions,
): Promise<Calibrated> {
  const model = await importModel(file, options.sizes);
  const rows = await loadSamples(samples, model.graph);
  const { judgedBy, heldOut } = parted(rows.count, options.heldOut);
  const make = integerModels(model, rows);
  return calibrateBits((bits) => {
    const { netlist, accuracy, measureOn } = make({ ...circuitOptions({}), ...bits, judgedBy });
    return { netlist, accuracy, heldOut: heldOut.length === 0 ? undefined : measureOn(heldOut) };
  }, options);
}

export function circuitOptions(options: ModelOptions): CircuitOptions {
  const { maxError, ...config } = options;
  return { ...resolveModel("", "model", { source: "", ...definedOnly(config) }), maxError };
}
