import { FIELD_ORDER } from "../../circom/r1cs.js";
import { INPUTS } from "../signals.js";
import type { AttackFamily, AttackTarget } from "../types.js";
import { packed } from "../words.js";

/** E1: outputs that the model did not give. */
export const outputs: AttackFamily = {
  id: "E1",
  title: "another output; weights as inputs",
  run(target, trials) {
    const secrets = { committed: " and the salt", evaluated: ", the salt and the challenge", public: "" };
    const weights = target.weightWords === 0 ? "" : ", the committed weights and their salt";
    const expected = target.inputs.reduce(
      (sum, { packing }) => sum + packing.count,
      { committed: 1, evaluated: 2, public: 0 }[target.inputMode] +
        (target.weightWords === 0 ? 0 : target.weightWords + 1),
    );
    const { privateInputs } = target.r1cs;
    trials.check(
      "private inputs beside the model's input and its salt",
      privateInputs === expected,
      `${privateInputs} private inputs: the input's integers${secrets[target.inputMode]}${weights}`,
      `${privateInputs} private inputs where ${expected} are the user's: the prover chooses the others`,
    );
    trials.check(
      "an input that no constraint reads",
      target.signals.unread.length === 0,
      "every input has a wire",
      target.signals.unread.slice(0, 5).join(", "),
    );
    const words = outputWires(target);
    const honest = words.map((wire) => trials.forger.value(wire));
    const set = (what: string, forged: readonly bigint[]): void => {
      trials.whole(what, new Map(words.map((wire, i) => [wire, forged[i]!])));
    };
    let at = 0;
    for (const packing of target.outputs) {
      for (let element = 0; element < packing.count; element++) {
        const bit = BigInt(packing.width * (element % packing.perWord));
        const word = at + Math.floor(element / packing.perWord);
        for (const step of [1n, -1n]) {
          const forged = [...honest];
          forged[word] = (forged[word]! + (step << bit) + FIELD_ORDER) % FIELD_ORDER;
          set(`output ${element} ${step > 0n ? "+" : "-"} 1`, forged);
        }
      }
      at += packing.words;
    }
    set(
      "all outputs least",
      honest.map(() => 0n),
    );
    set("the outputs of another sample", target.donors[0] ? words.map((w) => target.donors[0]![w]!) : honest);
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
    const words = outputWires(target);
    for (const { name, program } of target.others) {
      const forged = packed(target, program);
      if (forged === undefined) {
        trials.note(`${name} takes other inputs or gives other outputs: nothing to compare`);
        continue;
      }
      const same = words.every((wire, i) => trials.forger.value(wire) === forged[i]);
      if (same) trials.note(`${name} gives the same output on this sample`);
      else trials.whole(`the output of ${name}`, new Map(words.map((wire, i) => [wire, forged[i]!])));
    }
    return undefined;
  },
};

function outputWires({ signals, outputs: packings }: AttackTarget): number[] {
  const words = packings.reduce((sum, packing) => sum + packing.words, 0);
  return Array.from({ length: words }, (_, i) => 1 + i).filter((wire) => signals.stepOf[wire] !== INPUTS);
}
