import { FIELD_ORDER } from "../../src/circom/field.js";
import type { R1cs } from "../../src/circom/r1cs.js";
import { SubsetSums } from "./subsetSums.js";

/** A linear combination over the small field: a constant, and coefficients of wires. */
interface Combination {
  readonly wires: readonly number[];
  readonly coefficients: readonly number[];
}

/**
 * The part of a constraint that is still open once some wires are known, if it depends on the unknown wires only
 * through one sum `L`, so that it reads `(A + aL)(B + bL) = C + cL`.
 */
interface Parallel {
  readonly factors: readonly [number, number, number];
  readonly sums: SubsetSums;
}

const UNKNOWN = -1;
const MAX_STEPS = 50_000_000;

/**
 * A constraint system reduced modulo a small prime, whose witnesses are few enough to visit every one.
 *
 * The search assigns what a constraint with one unknown wire forces, branches on what it leaves open, and takes
 * constraints over boolean wires as a whole: only those settings of the bits are visited that give a right sum.
 */
export class SmallSystem {
  private readonly sides: readonly (readonly [Combination, Combination, Combination])[];
  private readonly wiresOf: readonly (readonly number[])[];
  private readonly users: readonly (readonly number[])[];
  private readonly isBoolean: readonly boolean[];
  private readonly inverse: Int32Array;
  private readonly roots: readonly (readonly number[])[];
  private readonly parallels = new Map<string, Parallel | undefined>();

  private readonly values: Int32Array;
  /** For each constraint: its unknown wires, and how many of them are not boolean. */
  private readonly unknown: Int32Array;
  private readonly unknownWide: Int32Array;
  private steps = 0;

  /**
   * @param prime less than 2^15; gadgets mean the same over it only if no value of theirs reaches half of it.
   * @param visible wires that take every value if no constraint holds them. Other such wires are left out (-1).
   */
  constructor(
    private readonly r1cs: R1cs,
    private readonly prime: number,
    private readonly visible: readonly number[],
  ) {
    this.inverse = inverses(prime);
    this.roots = squareRoots(prime);
    const residues = r1cs.values.map((value) => this.residue(value));
    this.sides = Array.from({ length: r1cs.constraints }, (_, i) => [
      combination(r1cs, residues, 3 * i),
      combination(r1cs, residues, 3 * i + 1),
      combination(r1cs, residues, 3 * i + 2),
    ]);
    this.wiresOf = this.sides.map((sides) => [
      ...new Set(sides.flatMap(({ wires }) => wires).filter((wire) => wire > 0)),
    ]);
    this.users = Array.from({ length: r1cs.wireCount }, (_, wire) =>
      this.wiresOf.flatMap((wires, i) => (wires.includes(wire) ? [i] : [])),
    );
    this.values = new Int32Array(r1cs.wireCount).fill(UNKNOWN);
    this.values[0] = 1;
    this.isBoolean = this.findBooleans();
    this.unknown = Int32Array.from(this.wiresOf, (wires) => wires.length);
    this.unknownWide = Int32Array.from(
      this.wiresOf,
      (wires) => wires.filter((wire) => !this.isBoolean[wire]).length,
    );
  }

  /** Calls `visit` with every witness in which the given wires have the given values. */
  solve(fixed: ReadonlyMap<number, number>, visit: (values: Int32Array) => void): void {
    this.steps = 0;
    const assignments = [...fixed].map(([wire, value]) => [wire, this.mod(value)] as const);
    this.branch([assignments], visit);
  }

  /** Tries each list of assignments, with all that follows from it. */
  private branch(
    choices: Iterable<readonly (readonly [number, number])[]>,
    visit: (values: Int32Array) => void,
  ): void {
    for (const assignments of choices) {
      if (++this.steps > MAX_STEPS) throw new Error("too many witnesses to visit: take smaller widths");
      const trail: number[] = [];
      if (this.assignAll(assignments, trail)) {
        const next = this.nextChoices();
        if (next) this.branch(next, visit);
        else visit(this.values);
      }
      for (const wire of trail.reverse()) this.unassign(wire);
    }
  }

  /** Assigns, and whatever constraints force by it. False if one is violated. */
  private assignAll(assignments: readonly (readonly [number, number])[], trail: number[]): boolean {
    const waiting = [...assignments];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [wire, value] = next;
      if (this.values[wire] === value) continue;
      if (this.values[wire] !== UNKNOWN) return false;
      this.values[wire] = value;
      trail.push(wire);
      for (const i of this.users[wire]) {
        this.unknown[i]--;
        if (!this.isBoolean[wire]) this.unknownWide[i]--;
      }
      for (const i of this.users[wire]) {
        if (this.unknown[i] > 1) continue;
        const open = this.openWire(i);
        const solutions = this.solutions(i, open);
        if (solutions?.length === 0) return false;
        if (open !== undefined && solutions?.length === 1) waiting.push([open, solutions[0]]);
      }
    }
    return true;
  }

  private unassign(wire: number): void {
    this.values[wire] = UNKNOWN;
    for (const i of this.users[wire]) {
      this.unknown[i]++;
      if (!this.isBoolean[wire]) this.unknownWide[i]++;
    }
  }

  /** What to branch on: a sum of bits, else a wire with two values, else any wire with all. None if all is known. */
  private nextChoices(): Iterable<readonly (readonly [number, number])[]> | undefined {
    let two: (readonly [number, number])[][] | undefined;
    for (let i = 0; i < this.sides.length; i++) {
      const unknown = this.unknown[i];
      if (unknown >= 2 && this.unknownWide[i] === 0) {
        const choices = this.sumChoices(i);
        if (choices) return choices;
      } else if (unknown === 1 && !two) {
        const wire = this.openWire(i)!;
        const solutions = this.solutions(i, wire);
        if (solutions) two = solutions.map((value) => [[wire, value]]);
      }
    }
    if (two) return two;
    const isOpen = (wire: number): boolean => this.values[wire] === UNKNOWN;
    const free =
      this.visible.find(isOpen) ?? this.users.findIndex((users, wire) => users.length > 0 && isOpen(wire));
    if (free < 0) return undefined;
    return Array.from({ length: this.prime }, (_, value) => [[free, value] as const]);
  }

  /** All settings of the unknown bits of a constraint that satisfy it, if it sees them through one sum. */
  private sumChoices(i: number): Iterable<readonly (readonly [number, number])[]> | undefined {
    const wires = this.wiresOf[i].filter((wire) => this.values[wire] === UNKNOWN);
    const key = `${i}:${wires.join()}`;
    if (!this.parallels.has(key)) this.parallels.set(key, this.parallel(i, wires));
    const parallel = this.parallels.get(key);
    if (!parallel) return undefined;
    const targets = this.polynomialRoots(this.known(i), parallel.factors);
    if (!targets) return undefined;
    return targets.flatMap((target) =>
      parallel.sums.settings(target).map((bits) => wires.map((wire, j) => [wire, bits[j]] as const)),
    );
  }

  private parallel(i: number, wires: readonly number[]): Parallel | undefined {
    const vectors = this.sides[i].map((side) => wires.map((wire) => coefficientOf(side, wire)));
    const base = vectors.find((vector) => vector.some((value) => value !== 0));
    if (!base) return undefined;
    const pivot = base.findIndex((value) => value !== 0);
    const factors = vectors.map((vector) => this.mod(vector[pivot] * this.inverse[base[pivot]]));
    const isParallel = vectors.every((vector, side) =>
      vector.every((value, j) => value === this.mod(factors[side] * base[j])),
    );
    if (!isParallel) return undefined;
    return {
      factors: [factors[0], factors[1], factors[2]],
      sums: new SubsetSums(base, this.prime),
    };
  }

  /** Values that a constraint allows its one unknown wire; undefined if any. With none unknown: empty if violated. */
  private solutions(i: number, open: number | undefined): readonly number[] | undefined {
    const [a, b, c] = this.sides[i];
    const factors =
      open === undefined
        ? ([0, 0, 0] as const)
        : ([coefficientOf(a, open), coefficientOf(b, open), coefficientOf(c, open)] as const);
    return this.polynomialRoots(this.known(i), factors);
  }

  /** Roots x of (A + ax)(B + bx) = C + cx; undefined if every x is one. */
  private polynomialRoots(
    [A, B, C]: readonly [number, number, number],
    [a, b, c]: readonly [number, number, number],
  ): readonly number[] | undefined {
    const p2 = this.mod(a * b);
    const p1 = this.mod(A * b + B * a - c);
    const p0 = this.mod(A * B - C);
    if (p2 === 0 && p1 === 0) return p0 === 0 ? undefined : [];
    if (p2 === 0) return [this.mod((this.prime - p0) * this.inverse[p1])];
    const scale = this.inverse[this.mod(2 * p2)];
    const discriminant = this.mod(p1 * p1 - this.mod(4 * p2) * p0);
    return this.roots[discriminant].map((root) => this.mod((root - p1 + this.prime) * scale));
  }

  /** The known part of A, B and C. */
  private known(i: number): [number, number, number] {
    const [a, b, c] = this.sides[i];
    return [this.sum(a), this.sum(b), this.sum(c)];
  }

  private sum({ wires, coefficients }: Combination): number {
    let sum = 0;
    for (let t = 0; t < wires.length; t++) {
      const value = this.values[wires[t]];
      if (value !== UNKNOWN) sum += coefficients[t] * value;
    }
    return sum % this.prime;
  }

  private openWire(i: number): number | undefined {
    return this.wiresOf[i].find((wire) => this.values[wire] === UNKNOWN);
  }

  /** Wires that some constraint of their own restricts to 0 and 1. */
  private findBooleans(): boolean[] {
    const booleans = new Array<boolean>(this.r1cs.wireCount).fill(false);
    this.wiresOf.forEach((wires, i) => {
      if (wires.length !== 1) return;
      const roots = this.solutions(i, wires[0]);
      if (roots?.length === 2 && roots.includes(0) && roots.includes(1)) booleans[wires[0]] = true;
    });
    return booleans;
  }

  /**
   * A coefficient over the small field. Those of a gadget are small fractions (such as 2^-8), whatever they look like
   * in BN254's field: the fraction is reconstructed by the extended Euclidean algorithm (Wang 1981).
   */
  private residue(value: bigint): number {
    const [numerator, denominator] = reconstruct(value);
    const q = BigInt(this.prime);
    const residue = this.mod(Number(numerator % q) * this.inverse[this.mod(Number(denominator % q))]);
    if (residue === 0) throw new Error(`a coefficient vanishes modulo ${q}: take another prime`);
    return residue;
  }

  private mod(value: number): number {
    const rest = value % this.prime;
    return rest < 0 ? rest + this.prime : rest;
  }
}

function coefficientOf({ wires, coefficients }: Combination, wire: number): number {
  const at = wires.indexOf(wire);
  return at < 0 ? 0 : coefficients[at];
}

function combination(r1cs: R1cs, residues: readonly number[], k: number): Combination {
  const range = [r1cs.starts[k], r1cs.starts[k + 1]] as const;
  return {
    wires: [...r1cs.wires.subarray(...range)],
    coefficients: [...r1cs.coefficients.subarray(...range)].map((index) => residues[index]),
  };
}

function reconstruct(value: bigint): [bigint, bigint] {
  const limit = 1n << 100n;
  let [r0, r1] = [FIELD_ORDER, ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER];
  let [t0, t1] = [0n, 1n];
  while (r1 >= limit) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  if (t1 >= limit || t1 <= -limit)
    throw new Error(`the coefficient ${value} is not a small fraction: it has no meaning over a small prime`);
  return [r1, t1];
}

function inverses(prime: number): Int32Array {
  const inverse = new Int32Array(prime);
  inverse[1] = 1;
  for (let x = 2; x < prime; x++)
    inverse[x] = (prime - ((Math.floor(prime / x) * inverse[prime % x]) % prime)) % prime;
  return inverse;
}

function squareRoots(prime: number): number[][] {
  const roots: number[][] = Array.from({ length: prime }, () => []);
  for (let x = 0; x < prime; x++) roots[(x * x) % prime].push(x);
  return roots;
}
