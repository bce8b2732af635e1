import type { R1cs } from "../circom/r1cs.js";
import { INPUTS } from "./layout.js";
import type { Signals } from "./signals.js";

/**
 * One instance of a gadget, found by the shape of the constraints and not by names: wires of one step that constraints
 * tie together when all earlier steps' wires are given.
 */
export interface Cell {
  /** Its place in the list of all cells, in which neighbors are of one layer. */
  readonly index: number;
  readonly step: number;
  readonly wires: readonly number[];
  readonly constraints: readonly number[];
  /** Wires that a constraint of their own holds to 0 or 1. */
  readonly bits: readonly number[];
  /** Constraints that hold a sum of several wires to 0 or 1: the ends of decompositions into bits. */
  readonly sums: readonly number[];
  /** Constraints g * (L - g) = 0 of one wire g: it is 0, or what L says. */
  readonly selectors: readonly number[];
}

/** The constraints of a circuit by step and cell. */
export interface Cells {
  readonly cells: readonly Cell[];
  /** For each constraint the latest step that made one of its wires. */
  readonly stepOfConstraint: Int32Array;
  /** Whether a later step, or the public, reads a wire. */
  readonly leavesStep: Uint8Array;
}

/** Groups the constraints of each step into {@link Cell}s; those that are one linear constraint are left out. */
export function findCells(r1cs: R1cs, { stepOf }: Signals): Cells {
  const stepOfConstraint = new Int32Array(r1cs.constraints);
  const leavesStep = new Uint8Array(r1cs.wireCount).fill(1, 1, 1 + r1cs.publicOutputs + r1cs.publicInputs);
  const parent = Int32Array.from({ length: r1cs.wireCount }, (_, wire) => wire);
  const root = (wire: number): number => {
    let at = wire;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]]!;
    return at;
  };
  const own = new Int32Array(r1cs.constraints).fill(-1);
  for (let i = 0; i < r1cs.constraints; i++) {
    const wires = r1cs.wires.subarray(r1cs.starts[3 * i], r1cs.starts[3 * i + 3]);
    const step = wires.reduce((most, wire) => Math.max(most, stepOf[wire]), -1);
    stepOfConstraint[i] = step;
    for (const wire of wires) {
      if (stepOf[wire] < step) leavesStep[wire] = 1;
      else if (own[i] < 0) own[i] = wire;
      else parent[root(wire)] = root(own[i]);
    }
  }
  const constraintsOf = new Map<number, number[]>();
  const wiresOf = new Map<number, number[]>();
  const add = (lists: Map<number, number[]>, key: number, item: number): void => {
    const list = lists.get(key);
    if (list) list.push(item);
    else lists.set(key, [item]);
  };
  for (let i = 0; i < r1cs.constraints; i++) if (own[i] >= 0) add(constraintsOf, root(own[i]), i);
  for (let wire = 1; wire < r1cs.wireCount; wire++) if (stepOf[wire] > INPUTS) add(wiresOf, root(wire), wire);
  const cells: Cell[] = [];
  for (const [key, constraints] of constraintsOf) {
    if (constraints.every((i) => isLinear(r1cs, i))) continue;
    const wires = wiresOf.get(key) ?? [];
    cells.push({
      index: 0,
      step: stepOf[key],
      wires,
      constraints,
      ...shapeOf(r1cs, constraints, new Set(wires)),
    });
  }
  const ordered = cells.sort((a, b) => a.step - b.step).map((cell, index) => ({ ...cell, index }));
  return { cells: ordered, stepOfConstraint, leavesStep };
}

function isLinear({ starts }: R1cs, i: number): boolean {
  return starts[3 * i] === starts[3 * i + 1] || starts[3 * i + 1] === starts[3 * i + 2];
}

function shapeOf(
  r1cs: R1cs,
  constraints: readonly number[],
  wires: ReadonlySet<number>,
): Pick<Cell, "bits" | "sums" | "selectors"> {
  const bits: number[] = [];
  const sums: number[] = [];
  const selectors: number[] = [];
  for (const i of constraints) {
    const [a, b, c] = [0, 1, 2].map((m) => termsOf(r1cs, 3 * i + m)) as [Terms, Terms, Terms];
    if (c.size > 0) continue;
    const [first, second] = a.size <= b.size ? [a, b] : [b, a];
    const difference = new Map(first);
    for (const [wire, value] of second) difference.set(wire, (difference.get(wire) ?? 0n) - value);
    const isRange = [...difference].every(([wire, value]) =>
      wire === 0 ? value === 1n || value === -1n : value === 0n,
    );
    const [only] = [...first.keys()].filter((wire) => wire !== 0);
    const variables = [...second.keys()].filter((wire) => wire !== 0).length;
    if (isRange && variables === 1 && wires.has(only)) bits.push(only);
    else if (isRange && variables > 1) sums.push(i);
    else if (first.size === 1 && only !== undefined && wires.has(only) && second.has(only)) selectors.push(i);
  }
  return { bits, sums, selectors };
}

type Terms = Map<number, bigint>;

/** The terms of a linear combination by wire. */
export function termsOf(r1cs: R1cs, k: number): Terms {
  const terms: Terms = new Map();
  for (let t = r1cs.starts[k]; t < r1cs.starts[k + 1]; t++) {
    const wire = r1cs.wires[t];
    terms.set(wire, (terms.get(wire) ?? 0n) + r1cs.values[r1cs.coefficients[t]]);
  }
  return terms;
}

/** Up to `count` cells of each step, evenly spread; all of a step that has no more. */
export function sampleCells(cells: readonly Cell[], count: number): Cell[] {
  const ofStep = new Map<number, Cell[]>();
  for (const cell of cells) {
    const list = ofStep.get(cell.step);
    if (list) list.push(cell);
    else ofStep.set(cell.step, [cell]);
  }
  return [...ofStep.values()].flatMap((list) =>
    list.length <= count
      ? list
      : Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]),
  );
}

/** A gadget of each layer and form, then another of each, and so on: those of one form have the same flaws. */
export function inTurn(cells: readonly Cell[]): Cell[] {
  const turn = new Map<string, number>();
  const keyed = cells.map((cell) => {
    const { step, wires, constraints, bits, sums, selectors } = cell;
    const form = [step, ...[wires, constraints, bits, sums, selectors].map(({ length }) => length)].join();
    const round = turn.get(form) ?? 0;
    turn.set(form, round + 1);
    return { cell, round };
  });
  return keyed.sort((a, b) => a.round - b.round).map(({ cell }) => cell);
}
