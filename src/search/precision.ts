import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { LayerBits, Precision } from "../lowering/types.js";
import type { Evaluation } from "../quantize/evaluate.js";
import { TOLERATED_ERROR, TOLERATED_RMS } from "../quantize/fidelity.js";

/** Bits that the user has fixed; what is left open starts at 8. */
export interface RequestedBits {
  readonly inputBits?: number;
  readonly weightBits?: number;
  readonly activationBits?: number;
  /** Layers with bits of their own. */
  readonly layers?: LayerBits;
}

/** Bits of a whole model. */
export type ChosenBits = Pick<Precision, "inputBits" | "weightBits" | "activationBits">;

/** Bits to begin with, and those that are tried before giving up: of weights and activations, then of inputs. */
export const DEFAULT_BITS = 8;
const MORE_BITS = [9, 10, 11, 12];
const MORE_INPUT_BITS = [10, 12, 14, 16];
const MORE_TOGETHER = [10, 12];

/** A drop in accuracy that quantization may cost, in points of a share; and a relative loss of other measures. */
const TOLERATED_DROP = 0.01;
const TOLERATED_LOSS = 0.05;

/** Whether the values of every output are the float model's, except for a small share of its range. */
export function keepsValues({ outputs }: Evaluation): boolean {
  return outputs.every(
    ({ rmsError, greatestError }) => rmsError <= TOLERATED_RMS && greatestError <= TOLERATED_ERROR,
  );
}

/** A loss that is no greater than another's except for this share counts as the same. */
const SAME_LOSS = 0.05;

/**
 * How far the integer model is from doing as well as the float model: by its values, and by whichever measure the
 * samples allow beside, since a decision can hide a wrong probability, forecast or box. At most 1 is well enough.
 */
function lossOf({ metric, floatScore, integerScore, agreement, outputs }: Evaluation): number {
  const values = Math.max(
    ...outputs.map(({ rmsError, greatestError }) =>
      Math.max(rmsError / TOLERATED_RMS, greatestError / TOLERATED_ERROR),
    ),
  );
  if (metric === "accuracy") return Math.max(values, (floatScore! - integerScore!) / TOLERATED_DROP - 1e-7);
  if (metric === "mse")
    return Math.max(values, (integerScore! - floatScore! - 1e-12) / (floatScore! * TOLERATED_LOSS || 1e-12));
  return Math.max(values, (1 - agreement) / TOLERATED_LOSS);
}

/** Whether the integer model does about as well as the float model. */
export function isFaithful(evaluation: Evaluation): boolean {
  return lossOf(evaluation) <= 1;
}

/**
 * Finds bits with which the model is faithful: more for weights and activations, and where these change little, more
 * for the input, and for all. Bits that turn out not to have helped are given back. What the user has fixed stays as it
 * is.
 *
 * @param attempt makes and measures the model at some bits; may throw where more bits than 8 are too many
 * @returns the first faithful attempt, or else the most faithful
 */
export function withEnoughBits<Result extends { readonly accuracy: Evaluation }>(
  asked: RequestedBits,
  attempt: (bits: ChosenBits & Pick<RequestedBits, "layers">) => Result,
): Result & { readonly bits: ChosenBits } {
  const measure = (bits: ChosenBits) => {
    const chosen = {
      inputBits: asked.inputBits ?? bits.inputBits,
      weightBits: asked.weightBits ?? bits.weightBits,
      activationBits: asked.activationBits ?? bits.activationBits,
    };
    const result = attempt({ ...chosen, layers: asked.layers });
    return { ...result, bits: chosen, loss: lossOf(result.accuracy) };
  };
  const start = measure({ inputBits: DEFAULT_BITS, ...layerBits(DEFAULT_BITS) });
  let best = start;
  /** Whether it is enough. */
  const improve = (bits: ChosenBits): boolean => {
    const next = attempted(() => measure(bits));
    if (next !== undefined && next.loss < best.loss) best = next;
    return best.loss <= 1;
  };
  if (best.loss > 1 && (asked.weightBits === undefined || asked.activationBits === undefined))
    MORE_BITS.some((bits) => improve({ ...best.bits, ...layerBits(bits) }));
  if (best.loss > 1 && asked.inputBits === undefined)
    MORE_INPUT_BITS.some((bits) => improve({ ...best.bits, inputBits: bits }));
  if (best.loss > 1) MORE_TOGETHER.some((bits) => improve({ inputBits: bits, ...layerBits(bits) }));
  for (const knob of KNOBS) {
    if (best.bits[knob] === start.bits[knob]) continue;
    const less = attempted(() => measure({ ...best.bits, [knob]: start.bits[knob] }));
    if (less !== undefined && less.loss <= Math.max(1, best.loss * (1 + SAME_LOSS))) best = less;
  }
  return best;
}

const KNOBS = ["activationBits", "weightBits", "inputBits"] as const;

function layerBits(bits: number): Omit<ChosenBits, "inputBits"> {
  return { weightBits: bits, activationBits: bits };
}

/** Undefined where numbers become too large with so many bits. */
function attempted<Result>(make: () => Result): Result | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Torch2CircomError) return undefined;
    throw error;
  }
}
