import { bitLength } from "../program/arithmetic.js";
import { checkedIntervals } from "../program/intervals.js";
import type { Program } from "../program/types.js";
import { isWiring, type Component, type Netlist } from "./types.js";

/** What a circuit spends on telling integers apart, and the least that this can take. */
export interface Floor {
  /** Non-linear constraints of range checks, requantizations, activations and comparisons. */
  readonly spent: number;
  /** The least for the same. */
  readonly floor: number;
  /** spent / floor; 1 where there is nothing of the kind. */
  readonly ratio: number;
}

/**
 * The least that rank-1 constraints without a verifier's randomness can do (Bezout): k of them define a variety of
 * degree at most 2^k, so that a rounding, an activation or a range check over 2^n values takes n - 1. Counted for the
 * range checks of inputs, for every requantization and activation by the number of values that reach the element, and
 * for every comparison of a maximum by the bits of its difference. Products, normalizations and hashes are left out on
 * both sides.
 */
export function floorOf(program: Program, netlist: Netlist): Floor {
  const intervals = checkedIntervals(program);
  let spent = netlist.inputs.reduce((sum, { count, width }) => sum + count * width, 0);
  let floor = netlist.inputs.reduce((sum, { count, width }) => sum + count * (width - 1), 0);
  for (const step of netlist.steps) {
    if (isWiring(step)) continue;
    const least = floorOfStep(program, step, intervals);
    if (least === undefined) continue;
    spent += step.cost.nonlinear;
    floor += least;
  }
  return { spent, floor, ratio: floor === 0 ? 1 : spent / floor };
}

function floorOfStep(
  program: Program,
  step: Component,
  intervals: ReturnType<typeof checkedIntervals>,
): number | undefined {
  const operation = program.operations[step.output];
  if (operation.kind === "requantize" || operation.kind === "activate") {
    const { lo, hi } = intervals[operation.input];
    return lo.reduce((sum, least, i) => sum + Math.max(0, bitLength(hi[i] - least) - 1), 0);
  }
  return step.comparedBits;
}
