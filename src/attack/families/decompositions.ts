import { FIELD_ORDER } from "../../circom/field.js";
import { type Cell, sampleCells, termsOf } from "../cells.js";
import type { Trials } from "../trials.js";
import type { AttackFamily, Control } from "../family.js";

const CELLS_PER_STEP = 32;

/** E2: bits that spell a number plus a multiple of the field's order; activations that are dead against their sign. */
export const aliases: AttackFamily = {
  id: "E2",
  title: "field aliases of bit decompositions; dead activations",
  run: (_, trials, control) =>
    overCells(
      trials,
      control,
      ({ sums, bits }) => sums.length > 0 && bits.length > 0,
      (cell) => {
        for (const sum of cell.sums) {
          for (const changes of aliasesOf(cell, sum, trials)) {
            trials.upTo(cell.step, "bits of the number plus the field's order", changes);
            for (const flipped of flips(cell, changes, trials))
              trials.upTo(cell.step, "such bits, and the other branch", flipped);
          }
        }
        for (const flipped of flips(cell, new Map(), trials)) {
          trials.upTo(cell.step, "the other branch", flipped);
          for (let i = 0; i < 4; i++) {
            const repaired = new Map(flipped);
            trials.repair(cell, repaired, { pinned: new Set(flipped.keys()), rounds: 6 });
            trials.upTo(cell.step, "the other branch, with bits solved for", repaired);
          }
        }
      },
    ),
};

/** E3: remainders, digits and quotients out of their range. */
export const remainders: AttackFamily = {
  id: "E3",
  title: "remainders and digits out of range",
  run: (_, trials, control) =>
    overCells(
      trials,
      control,
      ({ bits }) => bits.length > 0,
      (cell) => {
        for (const bit of cell.bits) {
          const honest = trials.forger.value(bit);
          for (const forged of [2n, -1n, honest + 2n, 1n - honest])
            trials.upTo(cell.step, `a digit of ${forged}`, new Map([[bit, forged]]));
        }
        for (const constraint of cell.constraints) digitPairs(cell, constraint, trials);
      },
    ),
};

/** E8: the smaller value wins a maximum, by a number that wraps the field. */
export const maxima: AttackFamily = {
  id: "E8",
  title: "wrapped maxima",
  async run({ signals }, trials, control) {
    const isMaximum = (cell: Cell) => /Max|TopK/.test(signals.steps[cell.step].template);
    if (!trials.cells.cells.some(isMaximum)) return "the model has no maximum";
    return overCells(trials, control, isMaximum, (cell) => {
      for (const flipped of flips(cell, new Map(), trials)) {
        trials.upTo(cell.step, "the loser wins", flipped);
        for (const sum of cell.sums)
          for (const changes of aliasesOf(cell, sum, trials))
            trials.upTo(
              cell.step,
              "the loser wins by bits of the complement",
              new Map([...changes, ...flipped]),
            );
      }
      for (const bit of cell.bits) {
        for (let i = 0; i < 3; i++) {
          const changes = new Map([[bit, 1n - trials.forger.value(bit)]]);
          trials.repair(cell, changes, { pinned: new Set([bit]), rounds: 8 });
          trials.upTo(cell.step, "a comparison's bit, and all that follows solved for", changes);
        }
      }
    });
  },
};

/** Runs an attack over a sample of the cells that it is for. */
async function overCells(
  trials: Trials,
  control: Control,
  suits: (cell: Cell) => boolean,
  attack: (cell: Cell) => void,
): Promise<string | undefined> {
  const suitable = trials.cells.cells.filter(suits);
  const chosen = sampleCells(suitable, CELLS_PER_STEP);
  for (const [i, cell] of chosen.entries()) {
    attack(cell);
    await control.update((i + 1) / chosen.length);
  }
  if (chosen.length < suitable.length)
    trials.note(`${chosen.length} of ${suitable.length} gadgets, up to ${CELLS_PER_STEP} a layer`);
  return chosen.length === 0 ? "no gadget decomposes into bits" : undefined;
}

/** The bits of a decomposition replaced by the low bits of its number plus or minus the field's order. */
function aliasesOf(cell: Cell, sum: number, trials: Trials): Map<number, bigint>[] {
  const { r1cs } = trials.target;
  const side = termsOf(r1cs, 3 * sum).size >= termsOf(r1cs, 3 * sum + 1).size ? 3 * sum : 3 * sum + 1;
  const terms = termsOf(r1cs, side);
  const digits = cell.bits
    .flatMap((wire) => {
      const weight = terms.get(wire) ?? 0n;
      return weight === 0n ? [] : [{ wire, weight: weight < 0n ? -weight : weight }];
    })
    .sort((a, b) => (a.weight < b.weight ? -1 : 1));
  if (digits.length === 0) return [];
  const number = digits.reduce((total, { wire, weight }) => total + weight * trials.forger.value(wire), 0n);
  return [number + FIELD_ORDER, FIELD_ORDER - number, 2n * FIELD_ORDER + number].map((alias) => {
    const unit = digits[0].weight;
    return new Map(digits.map(({ wire, weight }) => [wire, (alias / unit / (weight / unit)) & 1n]));
  });
}

/** Each selector's wire set to the other of its two values. */
function flips(cell: Cell, changes: ReadonlyMap<number, bigint>, trials: Trials): Map<number, bigint>[] {
  const { r1cs } = trials.target;
  return cell.selectors.flatMap((constraint) => {
    const single = termsOf(r1cs, 3 * constraint).size === 1 ? 3 * constraint : 3 * constraint + 1;
    const [wire] = [...termsOf(r1cs, single).keys()];
    const values = [0n, ...trials.forger.solutions(changes, constraint, wire)];
    return [...new Set(values)]
      .filter((value) => value !== trials.forger.value(wire))
      .map((value) => new Map([...changes, [wire, value]]));
  });
}

/** Two digits of one sum changed so that the sum stays: only the digits' own constraints can object. */
function digitPairs(cell: Cell, constraint: number, trials: Trials): void {
  const { r1cs } = trials.target;
  for (const k of [3 * constraint, 3 * constraint + 1, 3 * constraint + 2]) {
    const terms = [...termsOf(r1cs, k)].filter(([wire]) => wire !== 0);
    const own = terms.filter(([wire]) => trials.target.signals.stepOf[wire] === cell.step);
    for (let i = 0; i + 1 < own.length && i < 64; i++) {
      const [[first, a], [second, b]] = [own[i], own[i + 1]];
      const divisor = greatestCommonDivisor(a, b);
      for (const sign of [1n, -1n]) {
        const changes = new Map([
          [first, trials.forger.value(first) + (sign * b) / divisor],
          [second, trials.forger.value(second) - (sign * a) / divisor],
        ]);
        trials.upTo(cell.step, "two digits of one sum", changes);
      }
    }
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
