import type { Precision } from "../lowering/types.js";
import { priceOf } from "../netlist/netlist.js";
import type { Program } from "../program/types.js";
import type { Evaluation } from "../quantize/evaluate.js";
import { keepsValues } from "./precision.js";

/** What is chosen beside the bits. */
export type Economy = Pick<Precision, "headroom" | "coarsening" | "weightLoss">;

/** Bits of headroom that are tried: from always saturating to hardly ever. */
const HEADROOMS = [0, 1, 2, 3, 5];

/** What hardly costs precision. */
const MILD = { coarsening: 0, weightLoss: 8 };

/** What costs some, which rounding to the next decision or label may hide, or not. */
const FRUGAL = [
  { coarsening: 0, weightLoss: 12 },
  { coarsening: 0, weightLoss: 15 },
  { coarsening: 2, weightLoss: 8 },
  { coarsening: 2, weightLoss: 12 },
  { coarsening: 2, weightLoss: 15 },
];

/** By how much a mean error may grow, relatively, to count as the same, and the greatest error on any sample. */
const SAME = 0.02;
const MOST_GROWTH = 1;

interface Choice {
  readonly made: { readonly program: Program; readonly economy: Economy };
  readonly cost: number;
}

/**
 * The program with the fewest constraints over how early activations saturate: a saturation costs two constraints,
 * its absence widens what comes after. Accuracy hardly depends on it, since the calibrated range is kept either way.
 */
export function cheapestProgram(make: (economy: Economy) => Program): {
  readonly program: Program;
  readonly economy: Economy;
} {
  return cheapestMild(make).made;
}

/** As `cheapestProgram`, or one of coarser scales that costs less and does no worse on the samples. */
export function cheapestMeasuredProgram(
  make: (economy: Economy) => Program,
  measure: (program: Program) => Evaluation,
): { readonly program: Program; readonly economy: Economy; readonly accuracy: Evaluation } {
  const mild = cheapestMild(make);
  const least = measure(mild.made.program);
  const { headroom } = mild.made.economy;
  const cheaper = FRUGAL.map((economy) => priced({ headroom, ...economy }, make))
    .filter(({ cost }) => cost < mild.cost)
    .sort((a, b) => a.cost - b.cost);
  for (const { made } of cheaper) {
    const accuracy = measure(made.program);
    if (isNoWorse(accuracy, least)) return { ...made, accuracy };
  }
  return { ...mild.made, accuracy: least };
}

function cheapestMild(make: (economy: Economy) => Program): Choice {
  const choices = HEADROOMS.map((headroom) => priced({ headroom, ...MILD }, make));
  return choices.reduce((best, choice) => (choice.cost < best.cost ? choice : best));
}

function priced(economy: Economy, make: (economy: Economy) => Program): Choice {
  const program = make(economy);
  const { nonlinear, linear } = priceOf(program);
  return { made: { program, economy }, cost: nonlinear + linear };
}

/** Whether no score suffers, and no output by more than a bit: samples are few. Shares of them count exactly. */
export function isNoWorse(one: Evaluation, other: Evaluation): boolean {
  if (keepsValues(other) && !keepsValues(one)) return false;
  if (one.maxAbsIntegerError > other.maxAbsIntegerError * (1 + MOST_GROWTH)) return false;
  if (one.metric === "mse") return one.integerScore! <= other.integerScore! * (1 + SAME);
  if (one.metric === "accuracy" && one.integerScore! < other.integerScore!) return false;
  return 1 - one.agreement <= (1 - other.agreement) * (1 + SAME);
}
