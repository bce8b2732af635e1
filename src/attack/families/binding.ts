import { SIGNALS } from "../../circom/text/names.js";
import { mod } from "../../groth16/field.js";
import { Chaser } from "../chase.js";
import { packedInputsOf } from "../packedInputs.js";
import { BINDING, INPUTS } from "../layout.js";
import type { Trials } from "../trials.js";
import type { AttackTarget } from "../types.js";
import type { AttackFamily } from "../family.js";

const ELEMENTS = 64;

/** E4: a proof about another input than that of the commitment. */
export const inputs: AttackFamily = {
  id: "E4",
  title: "another input, another commitment, inputs beside the domain",
  run(target, trials) {
    const shown = shownWires(target);
    if (shown.length === 0) {
      trials.check(
        "a proof that shows nothing of its input",
        false,
        "",
        "no public signal depends on the input",
      );
      return undefined;
    }
    const show = (forged: (wire: number) => bigint) => new Map(shown.map((wire) => [wire, forged(wire)]));
    for (const step of [1n, -1n])
      trials.whole(
        "another commitment",
        show((wire) => trials.forger.value(wire) + step),
      );
    target.donors.forEach((donor, i) => {
      // All wires of the other input's own witness, and this one's commitment.
      const theirs = trials.forger.on(donor);
      trials.whole(
        `the witness of another input (${i + 1})`,
        show((wire) => trials.forger.value(wire)),
        theirs,
      );
    });
    for (const { signal, packing } of target.inputs) besideDomain(signal, packing, target, trials);
    const salt = target.signals.wireOf.get(SIGNALS.salt);
    if (salt !== undefined) trials.whole("another salt", new Map([[salt, trials.forger.value(salt) + 1n]]));
    return undefined;
  },
};

/** Inputs just outside their domain, alone and with their bits solved for. */
function besideDomain(
  signal: string,
  { count, width, offset }: { count: number; width: number; offset: number },
  { signals, circuit }: AttackTarget,
  trials: Trials,
): void {
  const declared = packedInputsOf(circuit).find((input) => input.signal === signal);
  const beside = [offset - 1, (declared?.hi ?? offset + 2 ** width - 1) + 1, offset + 2 ** width];
  const chaser = new Chaser(trials, trials.forger);
  const step = Math.max(1, Math.floor(count / ELEMENTS));
  for (let i = 0; i < count; i += step) {
    const wire = signals.wireOf.get(`${signal}[${i}]`);
    if (wire === undefined) continue;
    const cells = trials.cells.cells.filter(
      (cell) => cell.step <= BINDING && reads(trials, cell.constraints, wire) && cell.bits.length > 0,
    );
    for (const value of new Set(beside)) {
      const start = new Map([[wire, mod(BigInt(value))]]);
      trials.upTo(BINDING, `an input of ${value}`, start);
      const { changes: followed } = chaser.chase(start, BINDING, BINDING);
      trials.upTo(BINDING, `an input of ${value}, and what follows`, followed);
      for (const cell of cells) {
        const changes = new Map([[wire, BigInt(value)]]);
        trials.repair(cell, changes, { pinned: new Set([wire]), rounds: 4 });
        trials.upTo(BINDING, `an input of ${value}, with bits solved for`, changes);
      }
    }
  }
  if (step > 1) trials.note(`every ${step}th of ${count} elements of ${signal}`);
}

function reads(trials: Trials, constraints: readonly number[], wire: number): boolean {
  const { starts, wires } = trials.target.r1cs;
  return constraints.some((i) => wires.subarray(starts[3 * i], starts[3 * i + 3]).includes(wire));
}

/** The public wires that show the input: its commitment, or its words. */
function shownWires({ signals, inputs: declared, inputMode }: AttackTarget): number[] {
  const names =
    inputMode !== "public"
      ? [SIGNALS.inputCommitment]
      : Array.from(
          { length: declared.reduce((sum, { packing }) => sum + packing.words, 0) },
          (_, i) => `${SIGNALS.inputWords}[${i}]`,
        );
  return names.flatMap((name) => signals.wireOf.get(name) ?? []);
}

/** E5: a proof for another job, payee or chain. */
export const binding: AttackFamily = {
  id: "E5",
  title: "another binding to job, payee and chain",
  run(target, trials) {
    const { r1cs, signals } = target;
    const wire = signals.wireOf.get(SIGNALS.binding);
    trials.check(
      "a proof without a binding",
      wire !== undefined && r1cs.publicInputs === 1 && signals.stepOf[wire] === INPUTS,
      "the binding is the one public input",
      `${r1cs.publicInputs} public inputs; the binding ${wire === undefined ? "has no wire" : "is none of them"}`,
    );
    if (wire === undefined) return undefined;
    // Its negative has the same square; a finished proof is for its own binding all the same, which E12 tries.
    const honest = trials.forger.value(wire);
    for (const forged of [honest + 1n, 0n, 2n * honest + 5n, trials.random.bits(248)])
      trials.whole("another binding", new Map([[wire, forged]]));
    return undefined;
  },
};

/** E7: components whose constraints the compiler removed. */
export const unconstrained: AttackFamily = {
  id: "E7",
  title: "components and wires without constraints",
  run(target, trials) {
    const { r1cs, signals } = target;
    const { stepOfConstraint } = trials.cells;
    const constraintsOf = new Int32Array(signals.steps.length);
    for (const step of stepOfConstraint) if (step >= 0) constraintsOf[step]++;
    const wiresOf = new Int32Array(signals.steps.length);
    const loose: number[] = [];
    for (let wire = 1; wire < r1cs.wireCount; wire++) {
      const step = signals.stepOf[wire];
      wiresOf[step]++;
      if (step === INPUTS) continue;
      if (!trials.forger.usersOf(wire).some((constraint) => stepOfConstraint[constraint] === step))
        loose.push(wire);
    }
    signals.steps.forEach(({ name, template }, step) => {
      if (template === "") return;
      trials.check(
        `${name} without constraints`,
        wiresOf[step] === 0 || constraintsOf[step] > 0,
        `${constraintsOf[step]} constraints hold the ${wiresOf[step]} wires of ${name}`,
        `${name} (${template}) makes ${wiresOf[step]} wires, which no constraint of its own holds`,
      );
      if (wiresOf[step] === 0) trials.note(`${name} makes no wire: it renames its input's`);
    });
    trials.check(
      "a wire that no constraint of its own step names",
      loose.length === 0,
      `each of ${r1cs.wireCount - 1} wires is named by a constraint of the step that makes it`,
      `${loose.length} wires, ${loose
        .slice(0, 5)
        .map((wire) => trials.nameOf(wire))
        .join(", ")}`,
    );
    return undefined;
  },
};
