import { mod } from "../../groth16/field.js";
import { type Cell, inTurn } from "../cells.js";
import { Chaser } from "../chase.js";
import { DigitsOf, spell, spelt } from "../digits.js";
import type { Changes, Forger } from "../forger.js";
import { INPUTS } from "../layout.js";
import type { Trials } from "../trials.js";
import type { AttackTarget } from "../types.js";
import type { AttackFamily, Control } from "../family.js";

/** Part of the remaining time for what is followed through every gadget; the rest is for the search. */
const SHARE = 0.6;
/** How many choices a chase makes: first few on all gadgets, then many. */
const SHALLOW = 4;
const DEEP = 48;

/** An honest witness to start from. */
interface Base {
  readonly forger: Forger;
  readonly chaser: Chaser;
}

/** Rows of the hash: another commitment to the same words. */
export const hash: AttackFamily = {
  id: "hash",
  title: "a round of the hash changed, and followed to another commitment",
  run: (target, trials, control) =>
    overWires(target, trials, control, madeWires(target, trials, true), {
      what: "a round of the hash changed",
      perStep: 64,
      isGlobal: true,
      otherwise: "no hash is in the circuit",
    }),
};

/** Rows that multiply or add: products of layers, matrices, secret weights and squares, Horner's rule, sums. */
export const products: AttackFamily = {
  id: "products",
  title: "a product or a sum changed, and followed through",
  run: (target, trials, control) =>
    overWires(target, trials, control, madeWires(target, trials, false), {
      what: "a product or a sum changed",
      perStep: 128,
      isGlobal: false,
      otherwise: "no product or sum has a wire of its own",
    }),
};

/** Every gadget: digits, the numbers that they spell, and other wires, each moved with all that follows from it. */
export const followed: AttackFamily = {
  id: "follow",
  title: "digits, numbers and roots changed, and followed through their gadget",
  async run({ r1cs, donors, signals }, trials, control) {
    const cells = inTurn(trials.random.shuffled(trials.cells.cells.filter(({ wires }) => wires.length > 0)));
    if (cells.length === 0) return "the circuit has no non-linear constraint";
    const digits = new DigitsOf(r1cs, trials.cells);
    const end = control.now() + SHARE * (control.deadline - control.now());
    const bases = [trials.forger, ...donors.map((donor) => trials.forger.on(donor))].map((forger) => ({
      forger,
      chaser: new Chaser(trials, forger, digits),
    }));
    const isLate = (): boolean => control.now() > end || trials.isFull;
    const [own, ...others] = bases as [Base, ...Base[]];
    const passes = [
      ...MOVES.map((moves) => ({ among: [own], moves: [moves], budget: SHALLOW })),
      { among: others, moves: MOVES, budget: SHALLOW },
      { among: bases, moves: MOVES, budget: DEEP },
    ];
    const all = passes.reduce((sum, { among }) => sum + among.length * cells.length, 0);
    let done = 0;
    for (const { among, moves, budget } of passes) {
      for (const [cell, { forger, chaser }] of cells.flatMap((one) =>
        among.map((base) => [one, base] as const),
      )) {
        if (isLate()) break;
        for (const [what, start] of moves.flatMap((one) => one(cell, digits, trials, forger))) {
          const { changes } = chaser.chase(start, cell.step, signals.heldBy[cell.step], budget);
          trials.upTo(cell.step, what, changes, forger);
          if (isLate()) break;
        }
        done++;
        if (done % 16 === 0) await control.update(done / all);
      }
    }
    trials.note(
      `${done} of ${all} turns: ${cells.length} gadgets, ${bases.length} samples, with few and many choices`,
    );
    return undefined;
  },
};

const OF_HASH = /\.(square|fourth|fifth)\[\d+\]$/;

/** Wires that are made by a sum or a product: all that are not bits; those of the hash, or the others. */
function madeWires({ signals }: AttackTarget, { cells }: Trials, ofHash: boolean): number[] {
  const bits = new Set(cells.cells.flatMap((cell) => cell.bits));
  return signals.nameOf.flatMap((name, wire) =>
    signals.stepOf[wire] > INPUTS && !bits.has(wire) && OF_HASH.test(name) === ofHash ? [wire] : [],
  );
}

interface Following {
  readonly what: string;
  readonly perStep: number;
  /** Whether it is followed through all layers, or through its own where no later one takes it. */
  readonly isGlobal: boolean;
  readonly otherwise: string;
}

/** Moves wires, one at a time, and follows each with what its constraints make of it. */
async function overWires(
  { signals }: AttackTarget,
  trials: Trials,
  control: Control,
  wires: readonly number[],
  { what, perStep, isGlobal, otherwise }: Following,
): Promise<string | undefined> {
  if (wires.length === 0) return otherwise;
  const chaser = new Chaser(trials, trials.forger);
  const chosen = sample(wires, (wire) => signals.stepOf[wire], perStep);
  if (chosen.length < wires.length)
    trials.note(`${chosen.length} of ${wires.length} wires, up to ${perStep} a layer`);
  for (const [i, wire] of chosen.entries()) {
    if (trials.isFull) break;
    const step = signals.stepOf[wire];
    const honest = trials.forger.value(wire);
    for (const value of new Set([mod(honest + 1n), isGlobal ? mod(honest + 1n) : 0n])) {
      if (value === honest) continue;
      const start = new Map([[wire, value]]);
      const whole = chaser.chase(start, step, signals.steps.length - 1, isGlobal ? 0 : SHALLOW);
      if (whole.complete || isGlobal) trials.whole(`${what}, and all that follows`, whole.changes);
      else {
        const { changes } = chaser.chase(start, step, signals.heldBy[step], SHALLOW);
        trials.upTo(step, `${what}, and what follows in its layer`, changes);
      }
    }
    if (i % 64 === 0) await control.update(i / chosen.length);
  }
  return undefined;
}

/** Up to a number of each step, evenly spread. */
function sample(wires: readonly number[], stepOf: (wire: number) => number, perStep: number): number[] {
  const groups = new Map<number, number[]>();
  for (const wire of wires) groups.set(stepOf(wire), [...(groups.get(stepOf(wire)) ?? []), wire]);
  return [...groups.values()].flatMap((list) => {
    const stride = Math.max(1, Math.ceil(list.length / perStep));
    return list.filter((_, i) => i % stride === 0);
  });
}

type Moves = (
  cell: Cell,
  digits: DigitsOf,
  trials: Trials,
  forger: Forger,
) => (readonly [what: string, start: Changes])[];

/** What is changed in a gadget to start with: the likeliest to find something first. */
const MOVES: readonly Moves[] = [numbers, bits, others];

/** Each number that digits spell: its first digit, and the next numbers. */
function numbers(...[cell, digits, , forger]: Parameters<Moves>): ReturnType<Moves> {
  const value = (wire: number): bigint => forger.value(wire);
  const runs = new Map(
    cell.constraints.flatMap((one) => digits.runsOf(one)).map((run) => [run.wires[0], run.wires]),
  );
  return [...runs].flatMap(([first, wires]) => {
    const number = spelt(wires, value);
    const next =
      wires.length < 2 ? [] : [number + 1n, number - 1n].flatMap((other) => spell(wires, other) ?? []);
    return [
      ["a digit flipped, and what follows", new Map([[first, 1n - value(first)]])] as const,
      ...next.map((start) => ["a number of digits moved by one, and what follows", start] as const),
    ];
  });
}

function bits(...[cell, , , forger]: Parameters<Moves>): ReturnType<Moves> {
  return cell.bits.map((bit) => [
    "a digit flipped, and what follows",
    new Map([[bit, 1n - forger.value(bit)]]),
  ]);
}

/** Wires that are not digits: another value, and whatever else a constraint allows. Those of the hash have a family. */
function others(...[cell, digits, trials, forger]: Parameters<Moves>): ReturnType<Moves> {
  const { nameOf } = trials.target.signals;
  return cell.wires
    .filter((wire) => !digits.isBit(wire) && !OF_HASH.test(nameOf[wire]))
    .flatMap((wire) => {
      const honest = forger.value(wire);
      const values = new Set([honest + 1n, honest - 1n, 0n].map(mod));
      for (const constraint of new Set(forger.usersOf(wire)))
        if (trials.cells.stepOfConstraint[constraint] === cell.step)
          for (const root of forger.solutions(new Map(), constraint, wire)) values.add(root);
      values.delete(honest);
      return [...values].map(
        (value) => ["a wire changed, and what follows", new Map([[wire, value]])] as const,
      );
    });
}
