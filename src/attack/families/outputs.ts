import { FIELD_ORDER } from "../../circom/field.js";
import { SIGNALS } from "../../circom/text/names.js";
import type { Program } from "../../program/types.js";
import { INPUTS } from "../layout.js";
import type { AttackTarget } from "../types.js";
import type { AttackFamily } from "../family.js";
import { packed } from "../words.js";

/** E1: outputs that the model did not give. */
export const outputs: AttackFamily = {
  id: "E1",
  title: "another output; weights as inputs",
  run(target, trials) {
    const own = [SIGNALS.salt, SIGNALS.challenge, SIGNALS.weightSalt].filter((name) => name in target.input);
    const expected = target.inputs.reduce(
      (sum, { packing }) => sum + packing.count,
      own.length + target.weightWords,
    );
    const { privateInputs } = target.r1cs;
    trials.check(
      "private inputs beside the model's input and its salt",
      privateInputs === expected,
      `${privateInputs} private inputs: ${["the input's integers", ...own].join(", ")}${target.weightWords === 0 ? "" : ", the committed weights"}`,
      `${privateInputs} private inputs where ${expected} are the user's: the prover chooses the others`,
    );
    trials.check(
      "an input that no constraint reads",
      target.signals.unread.length === 0,
      "every input has a wire",
      target.signals.unread.slice(0, 5).join(", "),
    );
    const wires = outputWires(target);
    const honest = packed(target, target.program)!;
    const set = (what: string, forged: readonly bigint[]): void => {
      const shown = target.show(forged);
      trials.whole(what, new Map(wires.map((wire) => [wire, shown[wire - 1]])));
    };
    let at = 0;
    for (const packing of target.outputs) {
      for (let element = 0; element < packing.count; element++) {
        const bit = BigInt(packing.width * (element % packing.perWord));
        const word = at + Math.floor(element / packing.perWord);
        for (const step of [1n, -1n]) {
          const forged = [...honest];
          forged[word] = (forged[word] + (step << bit) + FIELD_ORDER) % FIELD_ORDER;
          set(`output ${element} ${step > 0n ? "+" : "-"} 1`, forged);
        }
      }
      at += packing.words;
    }
    set(
      "all outputs least",
      honest.map(() => 0n),
    );
    const theirs = target.donors[0];
    if (theirs)
      trials.whole("the outputs of another sample", new Map(wires.map((wire) => [wire, theirs[wire]])));
    for (let i = 0; i < 16; i++)
      set(
        "random outputs",
        honest.map(() => trials.random.bits(248)),
      );
    return undefined;
  },
};

/** E6: outputs of a model with other weights. */
export const otherWeights: AttackFamily = {
  id: "E6",
  title: "the output of a model with other weights",
  run(target, trials) {
    if (target.others.length === 0) return "no layer of this model has weights";
    const wires = outputWires(target);
    for (const { name, program } of target.others) {
      const words = outputsOf(target, program);
      if (typeof words === "string") {
        trials.note(`${name} ${words}: nothing to compare`);
        continue;
      }
      const forged = target.show(words);
      const same = wires.every((wire) => trials.forger.value(wire) === forged[wire - 1]);
      if (same) trials.note(`${name} gives the same output on this sample`);
      else trials.whole(`the output of ${name}`, new Map(wires.map((wire) => [wire, forged[wire - 1]])));
    }
    return undefined;
  },
};

/** The output words that another model gives for the target's sample, or why it gives none. */
function outputsOf(target: AttackTarget, program: Program): bigint[] | string {
  try {
    return packed(target, program) ?? "takes other inputs or gives other outputs";
  } catch (error) {
    // Its bounds hold for its own weights and inputs only: here a divisor may be 0, or an input beyond its domain.
    if (!(error instanceof RangeError)) throw error;
    return `gives no output for this sample (${error.message})`;
  }
}

/** The first wires show the outputs; one that is an input of the circuit as it is cannot be another. */
function outputWires({ signals, outputs: packings, show }: AttackTarget): number[] {
  const words = packings.reduce((sum, packing) => sum + packing.words, 0);
  const { length } = show(new Array<bigint>(words).fill(0n));
  return Array.from({ length }, (_, i) => 1 + i).filter((wire) => signals.stepOf[wire] !== INPUTS);
}
