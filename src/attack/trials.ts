import { type Cell, type Cells, findCells } from "./cells.js";
import { type Changes, describeConstraint, Forger, signed } from "./forger.js";
import { Freedom } from "./freeWires.js";
import { mod } from "../groth16/field.js";
import { RandomStream } from "./random.js";
import type { AttackTarget, FamilyReport, Hole } from "./types.js";

const SHOWN_CHANGES = 6;
const KEPT_HOLES = 20;

/** Tries forgeries on a target, family by family, and keeps the books. */
export class Trials {
  readonly forger: Forger;
  readonly cells: Cells;
  readonly random: RandomStream;
  readonly freedom: Freedom;
  private tried = 0;
  private refused = 0;
  private example: FamilyReport["example"] = null;
  private free = new Map<string, string>();
  private holes: Hole[] = [];
  private notes: string[] = [];

  constructor(
    readonly target: AttackTarget,
    seed = 1,
    private readonly enough = KEPT_HOLES,
  ) {
    this.forger = new Forger(target.r1cs, target.witness);
    this.cells = findCells(target.r1cs, target.signals);
    this.random = new RandomStream(seed);
    this.freedom = new Freedom(target.signals, target.circuit);
  }

  /** A witness with changes, judged by every constraint. */
  whole(what: string, changes: Changes, forger = this.forger): boolean {
    return this.judge(what, changes, forger.violated(changes)[0], forger);
  }

  /**
   * A witness with changes, judged by the constraints of its step and of those before. What is accepted there can be
   * gone on with: later steps take any values for their inputs.
   */
  upTo(step: number, what: string, changes: Changes, forger = this.forger): boolean {
    return this.judge(what, changes, this.violatedUpTo(step, changes, -1, forger), forger, step);
  }

  /** As {@link upTo}, but earlier steps are not asked: what they hand on is part of the forgery. */
  within(step: number, what: string, changes: Changes): boolean {
    return this.judge(what, changes, this.violatedUpTo(step, changes, step), this.forger, step);
  }

  /** The first constraint of the steps `from` to `step` that changes violate. */
  violatedUpTo(step: number, changes: Changes, from = -1, forger = this.forger): number | undefined {
    const { stepOfConstraint } = this.cells;
    const last = this.target.signals.heldBy[step];
    const counts = (constraint: number) =>
      stepOfConstraint[constraint] <= last && stepOfConstraint[constraint] >= from;
    return forger.violated(changes, counts)[0];
  }

  /**
   * Solves violated constraints for other wires of the cell, one at a time, until all hold or the tries run out.
   *
   * @param from the earliest step whose constraints are to hold
   */
  repair(
    cell: Cell,
    changes: Map<number, bigint>,
    { pinned, rounds, from = -1 }: { pinned: ReadonlySet<number>; rounds: number; from?: number },
  ): void {
    const own = new Set(cell.wires);
    for (let round = 0; round < rounds; round++) {
      const violated = this.violatedUpTo(cell.step, changes, from);
      if (violated === undefined) return;
      const { starts, wires } = this.target.r1cs;
      const candidates = [...wires.subarray(starts[3 * violated], starts[3 * violated + 3])].filter(
        (wire) => own.has(wire) && !pinned.has(wire),
      );
      // What hardly another constraint names, a result for example, is the likeliest to be free.
      const loosest = candidates.reduce<number | undefined>(
        (best, one) =>
          best === undefined || this.forger.usersOf(one).length < this.forger.usersOf(best).length
            ? one
            : best,
        undefined,
      );
      const wire = this.random.next(2) === 0 ? loosest : this.random.pick(candidates);
      if (wire === undefined) return;
      const value = this.random.pick(this.forger.solutions(changes, violated, wire));
      if (value !== undefined) changes.set(wire, value);
    }
  }

  /** A check that is not about a witness. */
  check(what: string, passes: boolean, by: string, evidence: string): void {
    this.tried++;
    if (passes) {
      this.refused++;
      this.example ??= { what, by };
    } else this.addHole({ what, evidence });
  }

  /** How many holes the family has found so far. */
  get found(): number {
    return this.holes.length;
  }

  /** Whether a family has found so many holes that more would tell nothing new. */
  get isFull(): boolean {
    return this.holes.length >= this.enough;
  }

  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  nameOf(wire: number): string {
    return this.target.signals.nameOf[wire] ?? `wire ${wire}`;
  }

  /** What has come of a family; the books are empty afterwards. */
  close({ id, title }: Pick<FamilyReport, "id" | "title">): FamilyReport {
    const { tried, refused, example, holes, notes } = this;
    const free = [...this.free].map(([reason, wire]) => ({ wire, reason }));
    [this.tried, this.refused, this.example] = [0, 0, null];
    [this.free, this.holes, this.notes] = [new Map(), [], []];
    return { id, title, tried, refused, example, free, holes, notes };
  }

  private judge(
    what: string,
    changes: Changes,
    violated: number | undefined,
    forger: Forger,
    step?: number,
  ): boolean {
    const moved = [...changes].filter(([wire, value]) => mod(value) !== forger.value(wire));
    if (moved.length === 0) return false;
    this.tried++;
    if (violated !== undefined) {
      this.refused++;
      this.example ??= {
        what,
        by: describeConstraint(this.target.r1cs, (wire) => this.nameOf(wire), violated),
      };
      return false;
    }
    this.accept(what, moved, forger, step);
    return true;
  }

  private accept(what: string, moved: [number, bigint][], forger: Forger, step?: number): void {
    const { signals } = this.target;
    const forged = new Map(moved);
    const move = {
      before: (wire: number) => forger.value(wire),
      after: (wire: number) => mod(forged.get(wire) ?? forger.value(wire)),
    };
    const reasons = moved.map(([wire]) =>
      this.cells.leavesStep[wire] === 1 ? undefined : this.freedom.reasonFor(wire, move),
    );
    if (reasons.every((reason) => reason !== undefined)) {
      reasons.forEach((reason, i) => this.free.set(reason, this.nameOf(moved[i][0])));
      return;
    }
    const evidence = moved
      .slice(0, SHOWN_CHANGES)
      .map(([wire, value]) => `${this.nameOf(wire)}: ${signed(forger.value(wire))} -> ${signed(mod(value))}`);
    if (moved.length > SHOWN_CHANGES) evidence.push(`and ${moved.length - SHOWN_CHANGES} more wires`);
    const where = step === undefined ? "" : ` (all constraints up to ${signals.steps[step].name} accept)`;
    this.addHole({ what: `${what}${where}`, evidence: evidence.join(", ") });
  }

  private addHole(hole: Hole): void {
    if (this.holes.length < KEPT_HOLES) this.holes.push(hole);
  }
}
