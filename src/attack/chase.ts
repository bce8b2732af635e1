import { DigitsOf, spell, spelt } from "./digits.js";
import { type Changes, type Forger, roots, sidesOf } from "./forger.js";
import { FIELD_ORDER } from "../circom/field.js";
import { INPUTS } from "./layout.js";
import type { Trials } from "./trials.js";

/** Of the ways to satisfy a constraint so many are tried. */
const BRANCHES = 6;

/** New values of some wires that satisfy a constraint. */
type Way = ReadonlyMap<number, bigint>;

/**
 * Follows a change through a circuit: each constraint that it violates is solved for a wire that has not been changed
 * yet, or for the number that some bits spell, which may violate others, and so on until all hold. Where there are
 * several ways they are tried in turn. Nothing in a sound gadget can be followed to the end.
 */
export class Chaser {
  private readonly digits: DigitsOf;
  private readonly values: bigint[];
  private readonly changed = new Map<number, bigint>();
  private readonly log: (readonly [wire: number, before: bigint])[] = [];
  private scope: { first: number; last: number } = { first: 0, last: 0 };
  private budget = 0;

  constructor(
    private readonly trials: Trials,
    private readonly forger: Forger,
    digits?: DigitsOf,
  ) {
    const { r1cs } = trials.target;
    this.digits = digits ?? new DigitsOf(r1cs, trials.cells);
    this.values = Array.from({ length: r1cs.wireCount }, (_, wire) => forger.value(wire));
  }

  /** The same circuit at another honest witness. */
  on(forger: Forger): Chaser {
    return new Chaser(this.trials, forger, this.digits);
  }

  /**
   * @param first, last the steps whose wires may move, and up to which constraints must hold
   * @param budget how many choices are made
   * @returns all changes, or those that had been made when a constraint could not be satisfied
   */
  chase(
    start: Changes,
    first: number,
    last: number,
    budget = 32,
  ): { changes: Map<number, bigint>; complete: boolean } {
    this.scope = { first: Math.max(first, INPUTS + 1), last };
    this.budget = budget;
    const queue = new Queue();
    for (const [wire, value] of start) this.set(wire, value, queue);
    const complete = this.extend(queue, new Set());
    const changes = new Map(this.changed);
    this.undo(0);
    return { changes, complete };
  }

  private extend(queue: Queue, deferred: Set<number>): boolean {
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      const ways = this.ways(next);
      if (ways === undefined) {
        deferred.delete(next);
        continue;
      }
      if (ways.length === 0) return false;
      if (ways.length === 1) this.apply(ways[0], queue);
      else deferred.add(next);
    }
    let fewest: Way[] | undefined;
    for (const constraint of deferred) {
      const ways = this.ways(constraint);
      if (ways === undefined) continue;
      if (ways.length === 0) return false;
      if (fewest === undefined || ways.length < fewest.length) fewest = ways;
    }
    if (fewest === undefined) return true;
    for (const way of fewest.slice(0, BRANCHES)) {
      if (this.budget-- <= 0) return false;
      const mark = this.log.length;
      const further = new Queue();
      this.apply(way, further);
      if (this.extend(further, new Set(deferred))) return true;
      if (this.budget <= 0) return false; // the log stays, for what is shown
      this.undo(mark);
    }
    return false;
  }

  /** How a violated constraint can be satisfied, the likeliest first; undefined where it holds. */
  private ways(constraint: number): Way[] | undefined {
    const sides = sidesOf(this.trials.target.r1cs, constraint, this.values);
    if ((sides[0] * sides[1] - sides[2]) % FIELD_ORDER === 0n) return undefined;
    const made = this.madeBy(constraint);
    if (made !== undefined) return this.solve(constraint, sides, made);
    const wires = this.digits
      .othersOf(constraint)
      .filter((wire) => this.mayMove(wire))
      .sort((a, b) => this.forger.usersOf(a).length - this.forger.usersOf(b).length);
    const found: Way[] = [];
    for (const { wires: bits, slopes } of this.digits.runsOf(constraint)) {
      if (!bits.every((wire) => this.mayMove(wire))) continue;
      const present = spelt(bits, (wire) => this.values[wire]);
      for (const number of roots(sides, slopes, present)) {
        const way = spell(bits, number);
        if (way !== undefined) found.push(way);
      }
    }
    for (const wire of wires) {
      if (found.length > BRANCHES) break;
      found.push(...this.solve(constraint, sides, wire));
    }
    return found;
  }

  private solve(constraint: number, sides: readonly bigint[], wire: number): Way[] {
    const slopes = this.digits.slopesOf(constraint, wire);
    const values = new Set(roots(sides, slopes, this.values[wire]));
    return [...values].map((value) => new Map([[wire, value]]));
  }

  /** The wire that a product is assigned to, if it is one: the only one of C, and in no factor. */
  private madeBy(constraint: number): number | undefined {
    const { starts, wires } = this.trials.target.r1cs;
    const [a, c, end] = [starts[3 * constraint], starts[3 * constraint + 2], starts[3 * constraint + 3]];
    const wire = wires[c];
    if (end - c !== 1 || a === c || !this.mayMove(wire) || this.digits.isBit(wire)) return undefined;
    return wires.subarray(a, c).includes(wire) ? undefined : wire;
  }

  private mayMove(wire: number): boolean {
    const step = this.trials.target.signals.stepOf[wire];
    return wire !== 0 && step >= this.scope.first && step <= this.scope.last && !this.changed.has(wire);
  }

  private apply(way: Way, queue: Queue): void {
    for (const [wire, value] of way) if (value !== this.values[wire]) this.set(wire, value, queue);
    // What the way leaves as it is, has been decided as well.
    for (const wire of way.keys()) if (!this.changed.has(wire)) this.set(wire, this.values[wire], queue);
  }

  private set(wire: number, value: bigint, queue: Queue): void {
    this.log.push([wire, this.values[wire]]);
    this.changed.set(wire, value);
    this.values[wire] = value;
    for (const constraint of this.forger.usersOf(wire))
      if (this.trials.cells.stepOfConstraint[constraint] <= this.scope.last) queue.add(constraint);
  }

  private undo(mark: number): void {
    while (this.log.length > mark) {
      const [wire, before] = this.log.pop()!;
      this.values[wire] = before;
      this.changed.delete(wire);
    }
  }
}

/** Constraints to look at, the first first: that is the order in which circuits make their wires. */
class Queue {
  private readonly list: number[] = []; // descending

  add(constraint: number): void {
    let [low, high] = [0, this.list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle] > constraint) low = middle + 1;
      else high = middle;
    }
    if (this.list[low] !== constraint) this.list.splice(low, 0, constraint);
  }

  take(): number | undefined {
    return this.list.pop();
  }
}
