import { Torch2CircomError } from "../errors.js";
import type { Evaluation } from "../quantize/evaluate.js";
import { NOTED_ERROR, percent, type OutputFidelity } from "../quantize/fidelity.js";

/**
 * What to say of an output whose values are not the float model's.
 *
 * @param maxError the greatest error that is accepted, as a share of an output's range; any by default
 * @param blame finds the layer that loses the most; asked only if there is something to say
 * @throws Torch2CircomError where an output's error is greater than that
 */
export function noticeLoss(
  { outputs }: Evaluation,
  maxError: number | undefined,
  blame: () => string | undefined,
): string[] {
  const worst = outputs.reduce((a, b) => (b.greatestError > a.greatestError ? b : a));
  const isTooGreat = worst.greatestError > (maxError ?? Infinity);
  if (!isTooGreat && worst.greatestError <= NOTED_ERROR) return [];
  const notice = describeLoss(worst, blame());
  if (!isTooGreat) return [notice];
  throw new Torch2CircomError(
    `The integer model is less exact than asked: ${notice}`,
    "Give more bits, samples that are like your inputs, or a greater --max-error.",
  );
}

function describeLoss({ output, rmsError, greatestError }: OutputFidelity, layer?: string): string {
  const place = layer === undefined ? "" : `; the most is lost at ${layer}`;
  return `output "${output}" is off by up to ${percent(greatestError)} of its range on the samples (root mean square ${percent(rmsError)})${place}`;
}
