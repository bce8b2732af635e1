import type { Operation, TensorId } from "../program/types.js";
import type { Bounds } from "./bounds.js";
import type { Step } from "./signals.js";
import { numbersOf, readArguments } from "./templateArguments.js";
import type { WidthTarget } from "./types.js";

type Range = readonly [least: bigint, most: bigint];

/** What a circuit holds of the sums of a layer with secret weights, whatever these are. */
export interface SecretRanges {
  /** Of the tensors whose bounds honest weights do not give: checked sums, and what enforcing requantisations give. */
  readonly bounds: ReadonlyMap<TensorId, Bounds>;
  /** For each such layer its slots, and the sums that the circuit admits. */
  readonly layers: readonly { name: string; slotBits: number; perWord: number; held: Range }[];
}

/** What the slots of a word may have together: 2^253 is below the field's order. */
export const WORD_SLOT_BITS = 253;

/** @param steps the component of each operation that is no input */
export function secretRanges(
  { program, signals, parameters, constants }: WidthTarget,
  steps: readonly Step[],
): SecretRanges {
  const bounds = new Map<TensorId, Bounds>();
  const layers: SecretRanges["layers"][number][] = [];
  const tensors = program.operations.flatMap(({ kind }, tensor) => (kind === "input" ? [] : [tensor]));
  const argumentsOf = (step: Step) =>
    readArguments(step.arguments, parameters.get(step.template) ?? [], constants)!;
  if (steps.length !== tensors.length) return { bounds, layers };
  steps.forEach((step, i) => {
    if (step.template !== "SecretLinear") return;
    const own = argumentsOf(step);
    const [slotBits, perWord, checked] = ["S", "gc", "checked"].map((name) => numbersOf(own.get(name))[0]!);
    const half = 1n << BigInt(slotBits! - 1);
    const slot: Range = [-half, half - 1n];
    let held = slot;
    if (checked === 1) {
      bounds.set(
        tensors[i]!,
        each(program.operations[tensors[i]!]!, () => slot),
      );
    } else {
      const at = signals.heldBy[signals.steps.indexOf(step)]! - signals.steps.indexOf(steps[0]!);
      const enforcer = steps[at]!;
      const list = (name: string) => numbersOf(argumentsOf(enforcer).get(name));
      const operation = program.operations[tensors[at]!]!;
      const admitted = each(operation, (i) => admits(enforcer.template, list, i / operation.size).sums);
      held = [minimum(admitted.lo), -minimum(admitted.hi.map((value) => -value))];
      bounds.set(
        tensors[at]!,
        each(operation, (i) => admits(enforcer.template, list, i / operation.size).results),
      );
    }
    layers.push({ name: step.name, slotBits: slotBits!, perWord: perWord!, held });
  });
  return { bounds, layers };
}

/**
 * The sums for which a requantisation has a witness, and its results.
 * @param position of the element in the tensor, in [0, 1)
 */
function admits(
  template: string,
  list: (name: string) => number[],
  position: number,
): { sums: Range; results: Range } {
  const of = (name: string): bigint => {
    const values = list(name);
    return BigInt(values[Math.floor(position * values.length)] ?? 0);
  };
  const [f, lo] = [of("f"), of("lo")];
  const sums = ([least, most]: Range): Range => {
    const half = f === 0n ? 0n : 1n << (f - 1n);
    return [(least << f) - half, ((most + 1n) << f) - 1n - half];
  };
  switch (template) {
    case "RequantizeReLULayer": {
      const top = (1n << of("k")) - 1n;
      return { sums: sums([-top, top]), results: [0n, top] };
    }
    case "RequantizeClampLayer": {
      const [c, m] = [of("c"), of("m")];
      const beyond = ((1n << m) - 1n) << c;
      const kept = (1n << c) - 1n;
      return { sums: sums([lo - beyond, lo + beyond + kept]), results: [lo, lo + kept] };
    }
    default: {
      // Where nothing is shifted away there is no decomposition: anything passes.
      const range: Range =
        template === "RequantizeLayer" && f > 0n
          ? [lo, lo + (1n << of("w")) - 1n]
          : [-(1n << 253n), 1n << 253n];
      return { sums: sums(range), results: range };
    }
  }
}

function each({ size }: Operation, range: (i: number) => Range): Bounds {
  const ranges = Array.from({ length: size }, (_, i) => range(i));
  return { lo: ranges.map(([lo]) => lo), hi: ranges.map(([, hi]) => hi) };
}

function minimum(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a < b ? a : b));
}
