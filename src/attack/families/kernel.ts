import { mod } from "../../groth16/field.js";
import { Chaser } from "../chase.js";
import { DigitsOf } from "../digits.js";
import type { Forger } from "../forger.js";
import { Jacobian } from "../jacobian.js";
import { kernelAt, type Movement } from "../kernel.js";
import type { Trials } from "../trials.js";
import type { AttackFamily } from "../family.js";

/** So many free wires, and of a movement so many wires, are made forgeries of. */
const WIRES = 64;
const LEADS = 6;
const SHOWN = 4;

/**
 * Wires that no constraint pins at an honest witness, when the statement (all inputs, public and private) stays: the
 * kernel of the Jacobian over the field. Each is moved and followed to a second witness; where none can be completed,
 * it is reported as what it is.
 */
export const kernel: AttackFamily = {
  id: "kernel",
  title: "wires that are not pinned at an honest witness",
  async run({ r1cs, signals, witness, donors }, trials, control) {
    const digits = new DigitsOf(r1cs, trials.cells);
    const suspected = new Set<number>();
    const all = [witness, ...donors];
    for (const [i, honest] of all.entries()) {
      const forger = i === 0 ? trials.forger : trials.forger.on(honest);
      const chaser = new Chaser(trials, forger, digits);
      const movements = kernelAt(new Jacobian(r1cs, honest), signals, trials.cells.stepOfConstraint);
      const unproven = movements.filter(({ isProven }) => !isProven).length;
      if (unproven > 0)
        trials.note(`${unproven} wires were too many to compute the kernel: they were tried only`);
      for (const movement of chosen(movements, trials)) {
        const [lead] = movement.moves.keys();
        if (suspected.has(lead) || trials.isFull) continue;
        suspected.add(lead);
        const before = trials.found;
        forge(movement, trials, chaser, forger);
        if (trials.found === before && movement.isProven && !isDocumented(movement, trials))
          trials.check(`${trials.nameOf(lead)} moved`, false, "", evidenceOf(movement, trials));
      }
      const pinned = `rows of the Jacobian pin all but ${movements.length} of ${r1cs.wireCount - 1} wires`;
      trials.check("a wire that no constraint pins", true, pinned, "");
      await control.update((i + 1) / all.length);
    }
    return undefined;
  },
};

/** Those that nothing allows come first; of the others a few will do. */
function chosen(movements: readonly Movement[], trials: Trials): Movement[] {
  const [holes, free] = [false, true].map((documented) =>
    movements.filter((movement) => isDocumented(movement, trials) === documented).slice(0, WIRES),
  );
  return [...holes, ...free];
}

/** A second witness: the movement as it is, which is exact where all is linear, or one of its wires and what follows. */
function forge({ moves, step }: Movement, trials: Trials, chaser: Chaser, forger: Forger): void {
  const leads = [...moves.keys()].slice(0, LEADS);
  const moved = new Map([...moves].map(([wire, move]) => [wire, forger.value(wire) + move]));
  if (trials.whole("wires moved along the kernel", moved, forger)) return;
  const end = trials.target.signals.steps.length - 1;
  const what = "a free wire moved, and what follows solved for";
  for (const last of [end, step]) {
    for (const lead of leads) {
      for (const value of [forger.value(lead) + 1n, 0n, 1n, forger.value(lead) - 1n].map(mod)) {
        const { changes, complete } = chaser.chase(new Map([[lead, value]]), 0, last);
        if (!complete) continue;
        if (last === end ? trials.whole(what, changes, forger) : trials.upTo(last, what, changes, forger))
          return;
      }
    }
  }
}

function isDocumented({ moves }: Movement, { cells, freedom }: Trials): boolean {
  return [...moves.keys()].every(
    (wire) => cells.leavesStep[wire] === 0 && freedom.reasonFor(wire) !== undefined,
  );
}

function evidenceOf({ moves }: Movement, trials: Trials): string {
  const names = [...moves.keys()].slice(0, SHOWN).map((wire) => trials.nameOf(wire));
  const more = moves.size > SHOWN ? ` and ${moves.size - SHOWN} more wires` : "";
  return `not pinned at the honest witness (tangent): ${names.join(", ")}${more} can move to first order; no second witness was completed`;
}
