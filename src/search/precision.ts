import type { LayerBits, Precision } from "../lowering/types.js";
import type { Evaluation } from "../quantize/evaluate.js";
import { TOLERATED_RMS } from "../quantize/fidelity.js";

/** Bits that the user has fixed; what is left open starts at 8. */
export interface RequestedBits {
  readonly inputBits: number;
  readonly weightBits?: number;
  readonly activationBits?: number;
  /** Layers with bits of their own. */
  readonly layers?: LayerBits;
}

/** Bits of weights and activations to begin with, and how many more are tried before giving up. */
const DEFAULT_BITS = 8;
const MOST_EXTRA_BITS = 4;

/** A drop in accuracy that quantisation may cost, in points of a share; and a relative loss of other measures. */
const TOLERATED_DROP = 0.01;
const TOLERATED_LOSS = 0.05;

/** Whether the values of every output are the float model's, but for a small share of its range. */
export function keepsValues({ outputs }: Evaluation): boolean {
  return outputs.every(({ rmsError }) => rmsError <= TOLERATED_RMS);
}

/**
 * Whether the integer model does about as well as the float model: by its values, and by whichever measure the samples
 * allow beside. A decision can hide a wrong probability, forecast or box.
 */
export function isFaithful(evaluation: Evaluation): boolean {
  const { metric, floatScore, integerScore, agreement } = evaluation;
  if (!keepsValues(evaluation)) return false;
  if (metric === "accuracy") return floatScore! - integerScore! <= TOLERATED_DROP + 1e-9;
  if (metric === "mse") return integerScore! <= floatScore! * (1 + TOLERATED_LOSS) + 1e-12;
  return agreement >= 1 - TOLERATED_LOSS;
}

/**
 * Tries bits from 8 upwards until the model is faithful; bits that the user has fixed stay as they are.
 * @param attempt makes and measures the model at some bits
 * @returns the first faithful attempt, or else the last
 */
export function withEnoughBits<Result extends { readonly accuracy: Evaluation }>(
  { inputBits, weightBits, activationBits, layers }: RequestedBits,
  attempt: (bits: Pick<Precision, "inputBits" | "weightBits" | "activationBits" | "layers">) => Result,
): Result & { readonly bits: Pick<Precision, "weightBits" | "activationBits"> } {
  const fixed = weightBits !== undefined && activationBits !== undefined;
  for (let extra = 0; ; extra++) {
    const bits = {
      weightBits: weightBits ?? DEFAULT_BITS + extra,
      activationBits: activationBits ?? DEFAULT_BITS + extra,
    };
    const result = attempt({ inputBits, ...bits, layers });
    if (fixed || extra === MOST_EXTRA_BITS || isFaithful(result.accuracy)) return { ...result, bits };
  }
}
