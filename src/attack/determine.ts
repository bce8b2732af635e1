import type { Cell } from "./cells.js";
import type { Trials } from "./trials.js";

/** One digit in so many is guessed wrong, in turn. */
const HONEST_DIGITS = [3, 8, 24];

/**
 * A whole cell made anew, given its inputs: some wires are guessed, and whatever constraint is left with one open wire
 * then decides it. Finds forgeries that must move many wires at once, such as another quotient with all its digits.
 *
 * @returns undefined where a guess came to contradict a constraint
 */
export function determined(cell: Cell, trials: Trials): Map<number, bigint> | undefined {
  const { forger, random, target } = trials;
  const { starts, wires } = target.r1cs;
  const open = new Set(cell.wires);
  const bits = new Set(cell.bits);
  const changes = new Map<number, bigint>();
  const openOf = new Map(
    cell.constraints.map((constraint) => {
      const named = wires.subarray(starts[3 * constraint], starts[3 * constraint + 3]);
      return [constraint, new Set(named.filter((wire) => open.has(wire)))] as const;
    }),
  );
  const ready = [...openOf].filter(([, left]) => left.size === 1).map(([constraint]) => constraint);
  const settle = (wire: number, value: bigint): void => {
    changes.set(wire, value);
    open.delete(wire);
    for (const constraint of new Set(forger.usersOf(wire))) {
      const left = openOf.get(constraint);
      if (left?.delete(wire) === true && left.size <= 1) ready.push(constraint);
    }
  };
  // Digits first, since the other wires are what they add up to.
  const order = [...random.shuffled(cell.bits), ...random.shuffled(cell.wires)];
  const right = random.pick(HONEST_DIGITS)!;
  const guess = (wire: number): bigint => {
    const honest = forger.value(wire);
    if (bits.has(wire)) return random.next(right) === 0 ? 1n - honest : honest;
    return random.next(2) === 0 ? honest : random.pick([0n, 1n, honest + 1n, honest - 1n, -honest])!;
  };
  for (let next = 0; open.size > 0;) {
    const constraint = ready.pop();
    if (constraint === undefined) {
      while (!open.has(order[next])) next++;
      settle(order[next], guess(order[next]));
      continue;
    }
    const [wire] = openOf.get(constraint)!;
    if (wire === undefined) {
      if (forger.violated(changes, (one) => one === constraint).length > 0) return undefined;
      continue;
    }
    const values = forger.solutions(changes, constraint, wire);
    if (values.length > 0) settle(wire, random.pick(values)!);
    else if (!forger.holdsForAny(changes, constraint, wire)) return undefined;
  }
  return changes;
}
