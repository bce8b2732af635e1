import { invert, mod } from "../groth16/field.js";
import type { Jacobian } from "./jacobian.js";
import { Peeling } from "./peeling.js";
import { INPUTS } from "./layout.js";
import type { Signals } from "./signals.js";

/** So many wires of a step may be unknowns, and so many rows may follow from them: beyond, nothing is computed. */
const MAX_UNKNOWNS = 48;
const MAX_ROWS = 20_000;

/** How wires can move at a witness, to first order, while all inputs stay. */
export interface Movement {
  /** All constraints up to those of this step allow it. */
  readonly step: number;
  /** The wire that leads stands first. */
  readonly moves: ReadonlyMap<number, bigint>;
  /** Whether it is in the kernel; if not, there was too much to compute, and the wire is a suspect only. */
  readonly isProven: boolean;
}

type Sparse = Map<number, bigint>;

/**
 * The kernel of the Jacobian over the field, for the constraints of each step and of all before it: later steps take
 * any values, and are not to be what holds a wire. Peeling pins nearly all of a sound circuit. What is left is peeled
 * too, with some wires as unknowns in which the others are expressed; rows that pin nothing are the equations for them.
 */
export function kernelAt(jacobian: Jacobian, { stepOf, heldBy }: Signals, stepOfRow: Int32Array): Movement[] {
  const peeling = new Peeling(jacobian, (wire) => stepOf[wire] <= INPUTS, stepOfRow);
  const due = heldBy.reduce(
    (lists, by, step) => {
      lists[by].add(step);
      return lists;
    },
    Array.from(heldBy, () => new Set<number>()),
  );
  const wires = Array.from(heldBy, (): number[] => []);
  stepOf.forEach((step, wire) => {
    if (step > INPUTS) wires[step].push(wire);
  });
  return due.flatMap((steps, step) => {
    peeling.advance();
    const open = [...steps].flatMap((one) => wires[one]).filter((wire) => peeling.isOpen(wire));
    return open.length === 0 ? [] : movementsOf(jacobian, peeling, open, step);
  });
}

/** The kernel of the rows so far, once those before have been found to pin their wires; all of its wires are given then. */
function movementsOf(
  jacobian: Jacobian,
  peeling: Peeling,
  open: readonly number[],
  step: number,
): Movement[] {
  const found: Movement[] = [];
  const unknowns: number[] = [];
  const first = peeling.order.length;
  for (const wire of open) {
    if (peeling.rowsOf(wire).length > 0) continue;
    found.push({ step, moves: new Map([[wire, 1n]]), isProven: true });
    peeling.give(wire);
  }
  for (let left = open; ;) {
    left = left.filter((wire) => peeling.isOpen(wire));
    const wire = nextUnknown(jacobian, peeling, left);
    if (wire === undefined) break;
    unknowns.push(wire);
    peeling.give(wire);
  }
  const following = peeling.order.slice(first);
  if (unknowns.length > MAX_UNKNOWNS || following.length > MAX_ROWS)
    return [...found, ...unknowns.map((wire) => ({ step, moves: new Map([[wire, 1n]]), isProven: false }))];
  const tangents = new Map<number, Sparse>(unknowns.map((wire, k) => [wire, new Map([[k, 1n]])]));
  for (const { row, wire } of following) {
    const { sum, own } = combine(jacobian, row, tangents, wire);
    if (sum.size > 0) tangents.set(wire, scaled(sum, mod(-invert(own))));
  }
  const pinning = new Set(following.map(({ row }) => row));
  const rows = new Set([...tangents.keys()].flatMap((wire) => [...peeling.rowsOf(wire)]));
  const equations = [...rows]
    .filter((row) => !pinning.has(row))
    .map((row) => combine(jacobian, row, tangents).sum)
    .filter(({ size }) => size > 0);
  const kernel = nullSpace(equations, unknowns.length);
  return [
    ...found,
    ...kernel.map((vector) => ({ step, moves: movement(vector, unknowns, tangents), isProven: true })),
  ];
}

/** A wire of the row with the fewest open ones, an operand rather than a result: what made it may be what is missing. */
function nextUnknown(jacobian: Jacobian, peeling: Peeling, open: readonly number[]): number | undefined {
  const { starts, wires } = jacobian.r1cs;
  let best: number | undefined;
  for (const wire of open)
    for (const row of peeling.rowsOf(wire)) {
      if (best === undefined || peeling.openIn(row) < peeling.openIn(best)) best = row;
      else if (peeling.openIn(row) === peeling.openIn(best) && row < best) best = row;
    }
  if (best === undefined) return undefined;
  const own = [...jacobian.wiresOf(best)].filter((wire) => peeling.isOpen(wire));
  const results = new Set(wires.subarray(starts[3 * best + 2], starts[3 * best + 3]));
  return own.find((wire) => !results.has(wire)) ?? own[0];
}

/** A row on tangents: their sum, and the coefficient of the wire that is left out of it. */
function combine(
  jacobian: Jacobian,
  row: number,
  tangents: ReadonlyMap<number, Sparse>,
  without = -1,
): { sum: Sparse; own: bigint } {
  const sum: Sparse = new Map();
  let own = 0n;
  for (const [wire, value] of jacobian.row(row)) {
    if (wire === without) own = value;
    else addTo(sum, tangents.get(wire), value);
  }
  return { sum, own };
}

function addTo(sum: Sparse, terms: ReadonlyMap<number, bigint> | undefined, factor: bigint): void {
  if (terms === undefined || factor === 0n) return;
  for (const [k, value] of terms) {
    const total = mod((sum.get(k) ?? 0n) + factor * value);
    if (total === 0n) sum.delete(k);
    else sum.set(k, total);
  }
}

function scaled(vector: Sparse, factor: bigint): Sparse {
  return new Map([...vector].map(([k, value]) => [k, mod(value * factor)]));
}

/** A basis of the vectors of so many numbers that all equations send to 0. */
function nullSpace(equations: readonly Sparse[], size: number): Sparse[] {
  const pivots = new Map<number, Sparse>();
  for (const equation of equations) {
    const rest = new Map(equation);
    for (const [k, pivot] of pivots) addTo(rest, pivot, mod(-(rest.get(k) ?? 0n)));
    const [lead] = [...rest.keys()].sort((a, b) => b - a);
    if (lead === undefined) continue;
    const own = scaled(rest, invert(rest.get(lead)!));
    for (const pivot of pivots.values()) addTo(pivot, own, mod(-(pivot.get(lead) ?? 0n)));
    pivots.set(lead, own);
  }
  const free = Array.from({ length: size }, (_, k) => k).filter((k) => !pivots.has(k));
  return free.map((k) => {
    const vector: Sparse = new Map([[k, 1n]]);
    for (const [lead, pivot] of pivots) {
      const value = pivot.get(k);
      if (value !== undefined) vector.set(lead, mod(-value));
    }
    return vector;
  });
}

/** How all wires move when the unknowns move so; the unknowns themselves stand first. */
function movement(
  vector: Sparse,
  unknowns: readonly number[],
  tangents: ReadonlyMap<number, Sparse>,
): Map<number, bigint> {
  const moves = new Map<number, bigint>([...vector].map(([k, value]) => [unknowns[k], value]));
  for (const [wire, tangent] of tangents) {
    let move = 0n;
    for (const [k, value] of tangent) move += value * (vector.get(k) ?? 0n);
    if (mod(move) !== 0n) moves.set(wire, mod(move));
  }
  return moves;
}
