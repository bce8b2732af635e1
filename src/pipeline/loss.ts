import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Evaluation } from "../quantize/evaluate.js";
import type { Outlier } from "../quantize/outliers.js";
import { isFaithful } from "../search/precision.js";
import { NOTED_ERROR, percent, type OutputFidelity } from "../quantize/fidelity.js";

/**
 * What to say of an output whose values are not the float model's.
 *
 * @param maxError the greatest error that is accepted, as a share of an output's range; any by default
 * @param blame finds what loses the most; asked only if there is something to say
 * @throws Torch2CircomError where an output's error is greater than that
 */
export function noticeLoss(accuracy: Evaluation, maxError: number | undefined, blame: () => Blame): string[] {
  const worst = accuracy.outputs.reduce((a, b) => (b.greatestError > a.greatestError ? b : a));
  const isTooGreat = worst.greatestError > (maxError ?? Infinity);
  if (!isTooGreat && worst.greatestError <= NOTED_ERROR && isFaithful(accuracy)) return [];
  const notice = describeLoss(worst, blame());
  if (!isTooGreat) return [notice];
  throw new Torch2CircomError(
    "MODEL_NOT_FAITHFUL",
    `The integer model is less exact than asked: ${notice}`,
    "Give more bits, samples that are like your inputs, or a greater --max-error.",
  );
}

/** What is behind a loss: a layer, and perhaps a sample that makes ranges wide for itself alone. */
export interface Blame {
  readonly layer?: string;
  readonly outlier?: Outlier;
}

function describeLoss(
  { output, rmsError, greatestError }: OutputFidelity,
  { layer, outlier }: Blame,
): string {
  const lost = layer === undefined ? "" : `; the most is lost at ${layer}`;
  const alone =
    outlier === undefined
      ? ""
      : `; sample ${outlier.sample} reaches ${outlier.times.toPrecision(2)} times as far as any other at ${outlier.place}: remove it, or leave it out of the ranges with --percentile`;
  const place = `${lost}${alone}`;
  return `output "${output}" is off by up to ${percent(greatestError)} of its range on the samples (root mean square ${percent(rmsError)})${place}`;
}
