import { Torch2CircomError } from "../errors/torch2circomError.js";
import { sizeOf } from "../tensor/tensor.js";
import type { GraphValue } from "../graph/types.js";
import type { SampleArray } from "../import/samples/array.js";

/** Labels, one row per sample: class numbers (int) or target values (float). */
export interface Labels {
  readonly dtype: "int" | "float";
  readonly rows: readonly Float64Array[];
}

/**
 * @param labels the first axis counts samples
 * @param output which they are for: class numbers themselves, or numbers whose last axis counts classes
 * @throws Torch2CircomError for labels that are too many or too few, no class of the model, or no numbers: a score of
 * them would mean nothing
 */
export function labelsFor({ dtype, data }: SampleArray, count: number, output: GraphValue): Labels {
  const width = data.length / count;
  const size = sizeOf(output.shape);
  if (dtype === "float") {
    if (width !== size) {
      throw new Torch2CircomError(
        "SAMPLES_INVALID",
        `"labels" are ${width} real values a sample, the model's first output has ${size}`,
        "Save real values in the output's shape, or the numbers of classes as whole numbers (int64).",
      );
    }
    checkEach(data, width, Number.isFinite, "no finite number");
  } else {
    const classes = classesOf(output);
    const decisions = size / (classes ?? 1);
    if (width !== decisions) {
      throw new Torch2CircomError(
        "SAMPLES_INVALID",
        `"labels" are ${width} whole numbers per sample, the model's first output makes ${decisions} decisions`,
        "Save one number of a class a decision; or save the values of the output as real numbers (float32).",
      );
    }
    // One number decides between two classes.
    const most = classes === undefined ? Infinity : Math.max(classes, 2);
    checkEach(data, width, (label) => label >= 0 && label < most, `none of the classes 0 to ${most - 1}`);
  }
  return {
    dtype: dtype === "float" ? "float" : "int",
    rows: Array.from({ length: count }, (_, i) => data.subarray(i * width, (i + 1) * width)),
  };
}

/** How many classes an output decides between, by its greatest number; undefined where it is their number already. */
export function classesOf({ dtype, shape }: GraphValue): number | undefined {
  return dtype === "float" ? (shape.at(-1) ?? 1) : undefined;
}

function checkEach(data: Float64Array, width: number, isGood: (x: number) => boolean, what: string): void {
  const bad = data.findIndex((x) => !isGood(x));
  if (bad < 0) return;
  throw new Torch2CircomError(
    "SAMPLES_INVALID",
    `"labels" hold ${data[bad]} for sample ${Math.floor(bad / width)}, which is ${what}`,
    "Whole numbers are scored as classes, real ones by their mean squared error: correct them, or leave out labels.npy.",
  );
}
