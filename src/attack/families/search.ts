import { type Cell, inTurn } from "../cells.js";
import { determined } from "../determine.js";
import type { Trials } from "../trials.js";
import type { AttackFamily, Control } from "../family.js";

const REPAIRS = 8;
const ROOT_ATTEMPTS = 3;
const GUESSES = 48;

/** Forgeries of a cell by chance: each gives changes to start from, which are then solved for consistency. */
const MOVES: readonly [name: string, move: (cell: Cell, trials: Trials) => Map<number, bigint>][] = [
  ["a random value", randomValues],
  ["two wires of one constraint", pairOfWires],
  ["another sample's gadget", (cell, trials) => transplanted(cell, trials, () => true)],
  [
    "parts of another sample's gadget",
    (cell, trials) => transplanted(cell, trials, () => trials.random.next(2) === 0),
  ],
  ["another gadget of the layer", neighbor],
  ["wires guessed, and the others as they follow", (cell, trials) => determined(cell, trials) ?? new Map()],
];

/** The remaining time: random subsets of wires, changed consistently. */
export const search: AttackFamily = {
  id: "search",
  title: "random consistent changes",
  async run(_, trials, control) {
    const cells = trials.cells.cells.filter(({ wires }) => wires.length > 0);
    if (cells.length === 0) return "the circuit has no non-linear constraint";
    await systematic(cells, trials, control);
    const start = control.now();
    for (let i = 0; control.now() < control.deadline && !trials.isFull; i++) {
      const cell = trials.random.pick(cells)!;
      const [name, move] = trials.random.pick(MOVES)!;
      const changes = move(cell, trials);
      if (changes.size === 0) continue;
      const pinned =
        trials.random.next(2) === 0 ? new Set(changes.keys()) : new Set([...changes.keys()].slice(0, 1));
      trials.repair(cell, changes, { pinned, rounds: 1 + trials.random.next(REPAIRS) });
      trials.upTo(cell.step, name, changes);
      if (i % 256 === 0) await control.update((control.now() - start) / (control.deadline - start));
    }
    return undefined;
  },
};

/**
 * What is tried on every gadget, layer by layer in turn, as far as the time allows. Each sweep has a share of it; the
 * rest is for chance.
 */
const SWEEPS: readonly [
  share: number,
  attack: (cell: Cell, trials: Trials, isLate: () => boolean) => void,
][] = [
  [1 / 3, remade],
  [1 / 2, replaced],
];

async function systematic(cells: readonly Cell[], trials: Trials, control: Control): Promise<void> {
  for (const [share, attack] of SWEEPS) {
    const end = control.now() + (control.deadline - control.now()) * share;
    let done = 0;
    for (const cell of inTurn(trials.random.shuffled(cells))) {
      attack(cell, trials, () => control.now() > end);
      if (control.now() > end || trials.isFull) break;
      done++;
      if (done % 16 === 0) await control.update(done / (2 * cells.length));
    }
    trials.note(`${done} of ${cells.length} gadgets ${attack.name}`);
  }
}

/** Some wires guessed, and the others as they follow: finds whatever takes many wires at once. */
function remade(cell: Cell, trials: Trials, isLate: () => boolean): void {
  for (let i = 0; i < GUESSES && !isLate(); i++) {
    const changes = determined(cell, trials);
    if (changes !== undefined)
      trials.upTo(cell.step, "wires guessed, and the others as they follow", changes);
  }
}

/**
 * Another sample's wires in the gadget's place, all but one, which is solved for: finds any wire that a missing
 * constraint leaves free.
 */
function replaced(cell: Cell, trials: Trials, isLate: () => boolean): void {
  for (const theirs of donationsTo(cell, trials)) {
    trials.upTo(cell.step, "another gadget's values", theirs);
    for (const wire of cell.wires) if (!isLate()) solveFor(cell, wire, theirs, trials);
  }
  // The same with single digits of this sample's own.
  for (const bit of cell.bits) {
    const flipped = new Map([[bit, 1n - trials.forger.value(bit)]]);
    for (const wire of cell.wires) if (wire !== bit && !isLate()) solveFor(cell, wire, flipped, trials);
  }
  for (const wire of cell.wires) if (!isLate()) otherRoots(cell, wire, trials);
}

/** The gadget's wires in other samples' witnesses, and the values of its neighbors in the layer. */
function donationsTo(cell: Cell, { forger, cells, target }: Trials): Map<number, bigint>[] {
  const neighbors = [-2, -1, 1, 2].flatMap((offset) => {
    const other = cells.cells[cell.index + offset];
    return other?.step === cell.step && other.wires.length === cell.wires.length ? [other] : [];
  });
  return [
    ...target.donors.map((donor) => new Map(cell.wires.map((wire) => [wire, donor[wire]]))),
    ...neighbors.map((other) => new Map(cell.wires.map((wire, i) => [wire, forger.value(other.wires[i])]))),
  ];
}

/** A wire set to each other value that a constraint which names it allows, and what follows solved for. */
function otherRoots(cell: Cell, wire: number, trials: Trials): void {
  for (const constraint of new Set(trials.forger.usersOf(wire))) {
    if (trials.cells.stepOfConstraint[constraint] !== cell.step) continue;
    for (const value of trials.forger.solutions(new Map(), constraint, wire)) {
      if (value === trials.forger.value(wire)) continue;
      for (let attempt = 0; attempt < ROOT_ATTEMPTS; attempt++) {
        const changes = new Map([[wire, value]]);
        trials.repair(cell, changes, { pinned: new Set([wire]), rounds: 4 });
        trials.upTo(cell.step, "another root of a constraint", changes);
      }
    }
  }
}

/** The changes, with one wire set to each value that some violated constraint asks for. */
function solveFor(cell: Cell, wire: number, start: ReadonlyMap<number, bigint>, trials: Trials): void {
  const changes = new Map(start);
  changes.set(wire, trials.forger.value(wire));
  const inCell = new Set(cell.constraints);
  for (const violated of trials.forger.violated(changes, (constraint) => inCell.has(constraint), 3)) {
    for (const value of trials.forger.solutions(changes, violated, wire)) {
      const solved = new Map([...changes, [wire, value]]);
      trials.upTo(cell.step, "a gadget changed, and one wire solved for", solved);
      trials.repair(cell, solved, { pinned: new Set([wire]), rounds: 2 });
      trials.upTo(cell.step, "a gadget changed, and some wires solved for", solved);
    }
  }
}

function randomValues(cell: Cell, { random, forger }: Trials): Map<number, bigint> {
  const changes = new Map<number, bigint>();
  for (let i = 1 + random.next(3); i > 0; i--) {
    const wire = random.pick(cell.wires)!;
    const honest = forger.value(wire);
    const values = [
      honest + 1n,
      honest - 1n,
      -honest,
      0n,
      1n,
      1n - honest,
      2n * honest,
      random.bits(8),
      random.bits(250),
    ];
    changes.set(wire, random.pick(values)!);
  }
  return changes;
}

/** A step along one wire of a constraint, and the step back along another. */
function pairOfWires(cell: Cell, { random, forger, target: { r1cs } }: Trials): Map<number, bigint> {
  const constraint = random.pick(cell.constraints)!;
  const side = 3 * constraint + random.next(3);
  const own = new Set(cell.wires);
  const wires = [...r1cs.wires.subarray(r1cs.starts[side], r1cs.starts[side + 1])].filter((wire) =>
    own.has(wire),
  );
  const [first, second] = [random.pick(wires), random.pick(wires)];
  if (first === undefined || second === undefined || first === second) return new Map();
  const step = BigInt(random.next(5) - 2);
  return new Map([
    [first, forger.value(first) + step * forger.coefficient(side, second)],
    [second, forger.value(second) - step * forger.coefficient(side, first)],
  ]);
}

function transplanted(cell: Cell, { random, target }: Trials, takes: () => boolean): Map<number, bigint> {
  const donor = random.pick(target.donors);
  if (donor === undefined) return new Map();
  return new Map(cell.wires.filter(takes).map((wire) => [wire, donor[wire]]));
}

/** The values of another gadget of the same layer and form. */
function neighbor(cell: Cell, { random, forger, cells }: Trials): Map<number, bigint> {
  const other = cells.cells[cell.index + random.next(9) - 4];
  if (other === undefined || other.step !== cell.step || other.wires.length !== cell.wires.length)
    return new Map();
  return new Map(cell.wires.map((wire, i) => [wire, forger.value(other.wires[i])]));
}
