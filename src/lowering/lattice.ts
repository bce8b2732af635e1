import { roundHalfUp } from "./numbers.js";
import { ceilLog2 } from "../elementary/powersOfTwo.js";

/** The weights of one channel, or of all that share a scale, and what is added to their sums. */
export interface Rows {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Weights are whole multiples of a scale where they are so to this share of the greatest: to float32's precision. */
const WHOLE = 2 ** -21;

/** So often a scale is halved for the sake of the bias. */
const MOST_HALVINGS = 16;

/**
 * The greatest scale of which the weights are whole numbers already: the integers of a model that was trained with
 * them, which are kept as they are. They may have a bit more than others, for numbers that are not around a zero point
 * of 0; and the bias is not further off than with the scale that others would have.
 *
 * @param finest the scale with which the greatest of other weights would just have its bits
 * @param step the consumer's, of which the scale is to be the part 2^-f; any scale does by default
 * @returns undefined where the weights are no such numbers
 */
export function latticeScale({ weights, bias }: Rows, finest: number, step?: number): number | undefined {
  const most = greatest(weights);
  if (most === 0 || !(most < Infinity)) return undefined;
  const least = most / (2 * (Math.round(most / finest) + 1) + 0.5);
  const candidates = step === undefined ? parts(most, least) : halves(step, most, least);
  for (const scale of candidates)
    if (areWhole(weights, scale, WHOLE * most)) return forBias(bias, scale, finest);
  return undefined;
}

/** The greatest magnitude. */
export function greatest(weights: Float64Array): number {
  let most = 0;
  for (let i = 0; i < weights.length; i++) most = Math.max(most, Math.abs(weights[i]));
  return most;
}

/** Whether all are multiples of a scale. @param tolerance how far off they may be */
function areWhole(weights: Float64Array, scale: number, tolerance: number): boolean {
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i];
    if (!(Math.abs(w - roundHalfUp(w / scale) * scale) <= tolerance)) return false;
  }
  return true;
}

/** The greatest weight in 1, 2, … parts. */
function* parts(most: number, least: number): Generator<number> {
  for (let n = 1; most / n >= least; n++) yield most / n;
}

/** The greatest 2^-f of a step that is not above the greatest weight, and its halves. */
function* halves(step: number, most: number, least: number): Generator<number> {
  const first = Math.max(0, ceilLog2((step / most) * (1 - 1e-6)));
  for (let scale = step / 2 ** first; scale >= least; scale /= 2) yield scale;
}

/** The scale, halved until it suits the bias as well as `finest` would. */
function forBias(bias: Float64Array, scale: number, finest: number): number {
  let fine = scale;
  const isOff = (b: number) => Math.abs(b - roundHalfUp(b / fine) * fine) > finest / 2;
  for (let i = 0; i < MOST_HALVINGS && bias.some(isOff); i++) fine /= 2;
  return fine;
}
