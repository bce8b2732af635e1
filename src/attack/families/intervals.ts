import { boundsOf, type Bounds } from "../bounds.js";
import { secretRanges, WORD_SLOT_BITS, type SecretRanges } from "../secretRanges.js";
import { componentsOf } from "../signals.js";
import { readArguments } from "../templateArguments.js";
import type { Trials } from "../trials.js";
import type { AttackFamily, WidthTarget } from "../types.js";
import { excessOf } from "../widths.js";

/** Four bits below the field's order: sums of a few such numbers do not wrap it. */
const LIMIT_BITS = 250;

/** E11: values that outgrow the widths of the circuit, or the field. */
export const intervals: AttackFamily = {
  id: "E11",
  title: "widths and wraps, recomputed from the program",
  run(target, trials) {
    checkWidths(target, trials);
    return undefined;
  },
};

type Books = Pick<Trials, "check" | "note">;

/**
 * Recomputes the interval of every value from the program, independently of the emitter, and holds it against every
 * width of the circuit's text, against the field, and against the packing of the outputs.
 */
export function checkWidths(target: WidthTarget, trials: Books): void {
  const { program, signals, main } = target;
  const enforced = componentsOf(main, "PackChecked").map(({ arguments: text }): [bigint, bigint] => {
    const [, width, offset] = text.split(",").map((part) => BigInt(part.trim()));
    return [offset!, offset! + (1n << width!) - 1n];
  });
  trials.check(
    "inputs without a range check",
    enforced.length === program.inputs.length,
    `${enforced.length} inputs, each range-checked by the circuit`,
    `${program.inputs.length} inputs and ${enforced.length} range checks`,
  );
  if (enforced.length !== program.inputs.length) return;
  const operations = program.operations.filter(({ kind }) => kind !== "input");
  const steps = signals.steps.slice(2, -1);
  const secret = secretRanges(target, steps);
  const bounds = boundsOf(program, enforced, secret.bounds);
  magnitudes(target, trials, bounds);
  packings(target, trials, bounds);
  slots(secret, trials);
  if (steps.length !== operations.length) {
    trials.note(`${steps.length} components for ${operations.length} operations: widths were not compared`);
    return;
  }
  steps.forEach((step, i) => {
    if (step.template === "") return;
    const parameters = readArguments(
      step.arguments,
      target.parameters.get(step.template) ?? [],
      target.constants,
    );
    const excess = parameters && excessOf(step.template, parameters, operations[i]!, { program, bounds });
    if (excess === undefined) {
      trials.note(`no rule for the widths of ${step.template} (${step.name})`);
      return;
    }
    trials.check(
      `a value beyond the widths of ${step.name}`,
      excess.length === 0,
      `the widths of ${step.name} (${step.template}) hold all that the input's range can give`,
      `${step.name} (${step.template}): ${excess[0]}${excess.length > 1 ? `, and ${excess.length - 1} more` : ""}`,
    );
  });
}

function magnitudes({ program }: WidthTarget, trials: Books, bounds: readonly Bounds[]): void {
  bounds.forEach(({ lo, hi }, i) => {
    const most = [...lo, ...hi].reduce((a, b) => (abs(b) > a ? abs(b) : a), 0n);
    const bits = most.toString(2).length;
    trials.check(
      `a value of ${program.operations[i]!.name} that wraps the field`,
      bits < LIMIT_BITS,
      `every value of ${program.operations[i]!.name} is below 2^${bits}`,
      `${program.operations[i]!.name} can reach 2^${bits}`,
    );
  });
}

/** Sums of secret weights: those that the circuit admits must each have a slot of their own. */
function slots({ layers }: SecretRanges, trials: Books): void {
  for (const { name, slotBits, perWord, held } of layers) {
    const half = 1n << BigInt(slotBits - 1);
    trials.check(
      `sums of ${name} that overlap in their word`,
      held[0] >= -half && held[1] < half && slotBits * perWord <= WORD_SLOT_BITS,
      `every sum of ${name} is held in [${held[0]}, ${held[1]}], as its ${slotBits} bits of a word say`,
      `a sum of ${name} can be in [${held[0]}, ${held[1]}], in one of ${perWord} slots of ${slotBits} bits`,
    );
  }
}

function packings({ program, outputs }: WidthTarget, trials: Books, bounds: readonly Bounds[]): void {
  outputs.forEach(({ width, offset }, i) => {
    const { lo, hi } = bounds[program.outputs[i]!.tensor]!;
    const least = BigInt(offset);
    const most = least + (1n << BigInt(width)) - 1n;
    trials.check(
      "outputs that overlap in their word",
      lo.every((value) => value >= least) && hi.every((value) => value <= most),
      `every value of output ${i} is in [${least}, ${most}], as its ${width} bits of a word say`,
      `output ${i} can leave [${least}, ${most}]`,
    );
  });
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
