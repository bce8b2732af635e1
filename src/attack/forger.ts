import { FIELD_ORDER } from "../circom/field.js";
import { constraintsOfWires, evaluateCombination, holds, type R1cs } from "../circom/r1cs.js";
import { mod } from "../groth16/field.js";

/** Forged values of some wires; all others stay as they are. */
export type Changes = ReadonlyMap<number, bigint>;

/**
 * Tries changes of an honest witness on the constraints alone: no witness generator is asked. Since the witness
 * satisfies every constraint before, only those that name a changed wire can object.
 */
export class Forger {
  private readonly witness: bigint[];

  /** @param honest a witness that satisfies every constraint; it is copied */
  constructor(
    readonly r1cs: R1cs,
    honest: readonly bigint[],
    private readonly index = constraintsOfWires(r1cs),
  ) {
    this.witness = [...honest];
  }

  /** The same constraints with another honest witness. */
  on(honest: readonly bigint[]): Forger {
    return new Forger(this.r1cs, honest, this.index);
  }

  /** The honest value of a wire. */
  value(wire: number): bigint {
    return this.witness[wire];
  }

  /** Constraints that name a wire; one may come twice. */
  usersOf(wire: number): Uint32Array {
    const { starts, users } = this.index;
    return users.subarray(starts[wire], starts[wire + 1]);
  }

  /** The constraints, of those that `counts` lets through, that the changes violate. */
  violated(changes: Changes, counts: (constraint: number) => boolean = () => true, limit = 1): number[] {
    const found: number[] = [];
    this.with(changes, () => {
      const seen = new Set<number>();
      for (const wire of changes.keys()) {
        for (const constraint of this.usersOf(wire)) {
          if (seen.has(constraint) || !counts(constraint)) continue;
          seen.add(constraint);
          if (holds(this.r1cs, constraint, this.witness)) continue;
          found.push(constraint);
          if (found.length === limit) return;
        }
      }
    });
    return found;
  }

  /** Values of one wire with which a constraint holds, everything else being as changed. */
  solutions(changes: Changes, constraint: number, wire: number): bigint[] {
    let values: bigint[] = [];
    this.with(changes, () => {
      const slopes = [0, 1, 2].map((m) => this.coefficient(3 * constraint + m, wire));
      values = roots(sidesOf(this.r1cs, constraint, this.witness), slopes, this.witness[wire]);
    });
    return values;
  }

  /** Whether a constraint holds for two values of a wire, and so, where it has no solution for it, for all. */
  holdsForAny(changes: Changes, constraint: number, wire: number): boolean {
    return [0n, 1n].every(
      (value) =>
        this.violated(new Map([...changes, [wire, value]]), (one) => one === constraint).length === 0,
    );
  }

  /** The coefficient of a wire in a linear combination of {@link R1cs}. */
  coefficient(combination: number, wire: number): bigint {
    let sum = 0n;
    const { starts, wires, coefficients, values } = this.r1cs;
    for (let t = starts[combination]; t < starts[combination + 1]; t++)
      if (wires[t] === wire) sum += values[coefficients[t]];
    return sum;
  }

  /** A combination on the witness with changes, of least absolute value. */
  evaluate(combination: number, changes: Changes = new Map<number, bigint>()): bigint {
    let value = 0n;
    this.with(changes, () => {
      value = signed(mod(evaluateCombination(this.r1cs, combination, this.witness)));
    });
    return value;
  }

  private with(changes: Changes, work: () => void): void {
    const before = [...changes.keys()].map((wire) => [wire, this.witness[wire]] as const);
    for (const [wire, value] of changes) this.witness[wire] = mod(value);
    try {
      work();
    } finally {
      for (const [wire, value] of before) this.witness[wire] = value;
    }
  }
}

/** A, B and C of a constraint on a witness. */
export function sidesOf(r1cs: R1cs, constraint: number, witness: readonly bigint[]): bigint[] {
  return [0, 1, 2].map((m) => evaluateCombination(r1cs, 3 * constraint + m, witness));
}

/**
 * Values of one unknown with which a constraint holds.
 *
 * @param sides values of A, B and C
 * @param slopes the unknown's factors in them
 * @param present its value in them
 */
export function roots(sides: readonly bigint[], slopes: readonly bigint[], present: bigint): bigint[] {
  const [a, b, c] = slopes as readonly [bigint, bigint, bigint];
  const [restA, restB, restC] = sides.map((side, m) => side - slopes[m] * present) as [
    bigint,
    bigint,
    bigint,
  ];
  if (a === 0n || b === 0n) {
    // Linear in the unknown: a b = c with one factor fixed.
    const slope = mod(a * restB + b * restA - c);
    return slope === 0n ? [] : [mod((restC - restA * restB) * inverseOf(slope))];
  }
  if (c !== 0n || mod(restC) !== 0n) return [];
  return [mod(-restA * inverseOf(mod(a))), mod(-restB * inverseOf(mod(b)))];
}

/** The inverse by Euclid's algorithm, which for many inversions matters. */
function euclid(value: bigint): bigint {
  let [a, b, x, y] = [FIELD_ORDER, value, 0n, 1n];
  while (b > 0n) {
    const quotient = a / b;
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  return mod(x);
}

/** Few different factors come again and again: powers of two, and what multiplies them. */
const INVERSES = new Map<bigint, bigint>();
const MAX_INVERSES = 4096;

function inverseOf(value: bigint): bigint {
  let inverse = INVERSES.get(value);
  if (inverse === undefined) {
    inverse = euclid(value);
    if (INVERSES.size < MAX_INVERSES) INVERSES.set(value, inverse);
  }
  return inverse;
}

/** A field element as the representative of least absolute value. */
export function signed(value: bigint): bigint {
  return value > FIELD_ORDER / 2n ? value - FIELD_ORDER : value;
}

const SHOWN_TERMS = 6;

/** A constraint in words: `(bits[0]) * (-1 + bits[0]) = 0`; long sums are cut. */
export function describeConstraint(r1cs: R1cs, nameOf: (wire: number) => string, constraint: number): string {
  const side = (k: number): string => {
    const [from, to] = [r1cs.starts[k], r1cs.starts[k + 1]];
    const terms: string[] = [];
    for (let t = from; t < to && terms.length < SHOWN_TERMS; t++) {
      const coefficient = r1cs.values[r1cs.coefficients[t]];
      const name = nameOf(r1cs.wires[t]);
      terms.push(name === "1" ? `${coefficient}` : coefficient === 1n ? name : `${coefficient}*${name}`);
    }
    if (to - from > SHOWN_TERMS) terms.push(`${to - from - SHOWN_TERMS} more`);
    return terms.join(" + ") || "0";
  };
  return `(${side(3 * constraint)}) * (${side(3 * constraint + 1)}) = ${side(3 * constraint + 2)}`;
}
