import type { R1cs } from "../circom/r1cs.js";
import { mod } from "../groth16/field.js";
import { type Cells, termsOf } from "./cells.js";

/** Bits of one constraint, each of which weighs twice its predecessor: they spell a number. */
export interface Digits {
  readonly wires: readonly number[];
  /** The weights of the first one in A, B and C. */
  readonly slopes: readonly bigint[];
}

/** What a constraint names. */
interface Form {
  /** For each wire its factors in A, B and C. */
  readonly slopes: ReadonlyMap<number, readonly bigint[]>;
  readonly runs: readonly Digits[];
  readonly others: readonly number[];
}

/** Knows which wires a constraint of their own holds to 0 or 1, and which numbers they spell in others. */
export class DigitsOf {
  private readonly bits: Uint8Array;
  private readonly forms = new Map<number, Form>();

  constructor(
    private readonly r1cs: R1cs,
    { cells }: Cells,
  ) {
    this.bits = new Uint8Array(r1cs.wireCount);
    for (const cell of cells) for (const bit of cell.bits) this.bits[bit] = 1;
  }

  isBit(wire: number): boolean {
    return this.bits[wire] === 1;
  }

  /** The runs of bits of a constraint; a bit that is in none of two or more is a run of its own. */
  runsOf(constraint: number): readonly Digits[] {
    return this.formOf(constraint).runs;
  }

  /** Wires of a constraint that are not bits. */
  othersOf(constraint: number): readonly number[] {
    return this.formOf(constraint).others;
  }

  /** Factors of a wire in A, B and C of a constraint that names it. */
  slopesOf(constraint: number, wire: number): readonly bigint[] {
    return this.formOf(constraint).slopes.get(wire)!;
  }

  private formOf(constraint: number): Form {
    let form = this.forms.get(constraint);
    if (form === undefined) this.forms.set(constraint, (form = this.read(constraint)));
    return form;
  }

  private read(constraint: number): Form {
    const sides = [0, 1, 2].map((m) => termsOf(this.r1cs, 3 * constraint + m));
    const wires = [...new Set(sides.flatMap((side) => [...side.keys()]))].sort((a, b) => a - b);
    const slopes = new Map(
      wires.map((wire) => [wire, sides.map((side) => mod(side.get(wire) ?? 0n))] as const),
    );
    const runs: { wires: number[]; slopes: readonly bigint[]; next: bigint[] }[] = [];
    for (const wire of wires.filter((one) => this.isBit(one))) {
      const own = slopes.get(wire)!;
      const last = runs.at(-1);
      const continues = last?.next.every((weight, m) => weight === own[m]) === true;
      const run = continues ? last : { wires: [], slopes: own, next: [] };
      if (!continues) runs.push(run);
      run.wires.push(wire);
      run.next = own.map((weight) => mod(2n * weight));
    }
    return { slopes, runs, others: wires.filter((wire) => wire !== 0 && !this.isBit(wire)) };
  }
}

/** The number that bits spell. */
export function spelt(wires: readonly number[], valueOf: (wire: number) => bigint): bigint {
  return wires.reduce((sum, wire, i) => sum + (valueOf(wire) << BigInt(i)), 0n);
}

/** The bits of a number, or undefined where it has more, or none. */
export function spell(wires: readonly number[], number: bigint): Map<number, bigint> | undefined {
  if (number < 0n || number >> BigInt(wires.length) !== 0n) return undefined;
  return new Map(wires.map((wire, i) => [wire, (number >> BigInt(i)) & 1n]));
}
