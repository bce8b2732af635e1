import type { ValueId } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import { execute } from "../../src/program/execute.js";
import type { Intervals } from "../../src/program/operations/bounds.js";
import type { TensorId } from "../../src/program/operations/definition.js";
import type { Operation } from "../../src/program/operations/index.js";
import type { Program } from "../../src/program/types.js";
import { quantizeInputs } from "../../src/quantize/inputs.js";
import { Random } from "./random.js";

/** Most numbers of the inputs that one climb tries. */
const CLIMB_STEPS = 24;
const INPUTS = 12;
const SAMPLES = 3;
const CLIMBS = 3;

/**
 * Twelve inputs of the declared domain: its two ends, some of the calibration samples, inputs that bring an element
 * near an end of its interval, corners, and others.
 */
export function inputsOf(
  program: Program,
  intervals: readonly Intervals[],
  samples: readonly ReadonlyMap<ValueId, Tensor>[],
  seed: number,
): Float64Array[][] {
  const random = new Random(seed);
  const every = (value: (lo: number, hi: number) => number) =>
    program.inputs.map(({ tensor }) => {
      const { lo, hi, size } = program.operations[tensor] as Operation & { kind: "input" };
      return Float64Array.from({ length: size }, () => value(lo, hi));
    });
  const corner = () => every((lo, hi) => (random.chance(0.5) ? lo : hi));
  const inputs: Float64Array[][] = [every((lo) => lo), every((_, hi) => hi)];
  for (const sample of samples.slice(0, SAMPLES)) inputs.push(quantizeInputs(program, new Map(sample)));
  for (let i = 0; i < CLIMBS; i++) inputs.push(climb(program, intervals, corner(), random));
  while (inputs.length < INPUTS)
    inputs.push(inputs.length % 2 === 0 ? corner() : every((lo, hi) => random.int(lo, hi)));
  return inputs;
}

/** Sums and products: what comes near the ends of its interval for few inputs only. */
const CLIMBED = new Set(["linear", "matmul", "product", "reciprocal", "normalize"]);

/**
 * Moves a corner's numbers to their other ends, one at a time, as long as one element of one operation comes nearer to
 * the end of its interval. Of a masked product it may be an element that is not wanted.
 */
function climb(
  program: Program,
  intervals: readonly Intervals[],
  corner: readonly Float64Array[],
  random: Random,
): Float64Array[] {
  const targets = program.operations.flatMap(({ kind }, i) => (CLIMBED.has(kind) ? [i] : []));
  if (targets.length === 0) return [...corner];
  const target = random.pick(targets);
  const shown = unmasked(program, target);
  const element = random.int(0, intervals[target].lo.length - 1);
  const sign = random.chance(0.5) ? 1 : -1;
  const height = (inputs: readonly Float64Array[]) => sign * execute(shown, inputs)[target][element];
  let best = corner.map((values) => values.slice());
  let most = height(best);
  const numbers = best.flatMap((values, input) => Array.from(values, (_, at) => ({ input, at })));
  for (let step = 0; step < Math.min(2 * numbers.length, CLIMB_STEPS); step++) {
    const { input, at } =
      numbers.length <= CLIMB_STEPS ? numbers[step % numbers.length] : random.pick(numbers);
    const { lo, hi } = program.operations[program.inputs[input].tensor] as Operation & { kind: "input" };
    const next = best.map((values) => values.slice());
    next[input][at] = best[input][at] === lo ? hi : lo;
    const reached = height(next);
    if (reached > most) [best, most] = [next, reached];
  }
  return best;
}

/** The program up to one operation, which, if it is a masked product, gives all its elements. */
export function unmasked({ source, operations, inputs, outputs }: Program, last: TensorId): Program {
  const operation = operations[last];
  const whole = operation.kind === "matmul" ? { ...operation, causal: false } : operation;
  return { source, inputs, outputs, operations: [...operations.slice(0, last), whole] };
}
