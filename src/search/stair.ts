import type { ProvingDomain } from "../netlist/provingDomain.js";
import type { Evaluation } from "../quantize/evaluate.js";
import { isNoWorse } from "./cheapest.js";
import { DEFAULT_BITS, isFaithful, type ChosenBits, type RequestedBits } from "./precision.js";

/** Proving time follows the power of two above a circuit's rows: a stair, of which a few rows can be a whole step. */

/** The share of its rows that a circuit can lose by a bit less of weights or activations, at most. */
const WITHIN_REACH = 1 / 8;

/** Smaller domains take about a second, most of which is the same for all of them. */
const LEAST_POWER = 15;

/** What is given away, the cheapest for the accuracy first. */
const LESS: readonly Partial<ChosenBits>[] = [
  { weightBits: 1 },
  { activationBits: 1 },
  { weightBits: 1, activationBits: 1 },
];

/** A model at some bits. Its accuracy is measured only where its domain is worth it. */
export interface Candidate {
  readonly domain: ProvingDomain;
  readonly measure: () => Evaluation;
}

/**
 * Finds bits with which a circuit that is just above a power of two comes below it, for half the proving time, where no
 * score suffers. What the user has fixed stays as it is, and so do bits that the accuracy needed.
 *
 * @param asked bits that the user has fixed
 * @param bits those that were chosen
 * @param best the circuit at these bits, and how well it does
 * @param make the model at fewer bits
 * @returns undefined where nothing smaller does as well
 */
export function belowTheStep<Made extends Candidate>(
  asked: RequestedBits,
  bits: ChosenBits,
  best: { readonly domain: ProvingDomain; readonly accuracy: Evaluation },
  make: (bits: ChosenBits) => Made,
): { readonly made: Made; readonly bits: ChosenBits; readonly accuracy: Evaluation } | undefined {
  const { domain, accuracy } = best;
  const isNear = domain.power >= LEAST_POWER && domain.rowsToHalf <= domain.rows * WITHIN_REACH;
  if (!isNear || !isFaithful(accuracy)) return undefined;
  const isOpen = (knob: "weightBits" | "activationBits") =>
    asked[knob] === undefined && bits[knob] <= DEFAULT_BITS;
  for (const { weightBits = 0, activationBits = 0 } of LESS) {
    if ((weightBits > 0 && !isOpen("weightBits")) || (activationBits > 0 && !isOpen("activationBits")))
      continue;
    const fewer = {
      ...bits,
      weightBits: bits.weightBits - weightBits,
      activationBits: bits.activationBits - activationBits,
    };
    const made = make(fewer);
    if (made.domain.power >= domain.power) continue;
    const own = made.measure();
    if (isFaithful(own) && isNoWorse(own, accuracy)) return { made, bits: fewer, accuracy: own };
  }
  return undefined;
}
