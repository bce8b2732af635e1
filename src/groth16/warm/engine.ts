import { type Curve, curves } from "snarkjs";
import { type CurveGroup, GROUPS } from "../curveGroup.js";
import { allocate } from "../curveMemory.js";
import { windowBits } from "../fixedBaseTable.js";
import { KeyFile, type PointsName, SECTION_GROUPS } from "./keyFile.js";
import { CHUNK, digitsOf, MultiScalarMultiplication } from "./multiScalar.js";
import { PointTable } from "./pointTable.js";
import { type Polynomial, Quotient, TERM_BYTES } from "./quotient.js";

const BYTES = 32;

/**
 * The work of a Groth16 proof with one key, or a part of it: the sections of the key that it needs are read once, and
 * stay in the memory of a curve of its own.
 */
export class Engine {
  private readonly tables = new Map<string, PointTable>();
  private readonly multiplications = new Map<CurveGroup["name"], MultiScalarMultiplication>();
  private quotient: Quotient | undefined;
  private values = 0;

  private constructor(
    readonly curve: Curve,
    readonly key: KeyFile,
  ) {}

  /** @throws Torch2CircomError if the file is not a Groth16 key */
  static async open(path: string): Promise<Engine> {
    const key = new KeyFile(path);
    return new Engine(await curves.getCurveFromName("bn128", { singleThread: true }), key);
  }

  /** The values of polynomials of a witness, as {@link Quotient.evaluate} gives them. */
  evaluate(witness: Uint8Array, polynomials: readonly Polynomial[]): Uint8Array[] {
    if (polynomials.length === 0) return [];
    this.quotient ??= this.loadQuotient();
    return this.quotient.evaluate(witness, polynomials);
  }

  /** The sums of the witness's multiples of the key's points, in Jacobian coordinates, for sections of wires. */
  sumWitness(witness: Uint8Array, names: readonly PointsName[]): Uint8Array[] {
    if (names.length === 0) return [];
    const { publics, wires } = this.key.header;
    const digits = digitsOf(witness, windowBits(countOthers(witness)));
    return names.map((name) => {
      // Public signals and the constant have no points in the section of C.
      const before = name === "c" ? publics + 1 : 0;
      const table = this.table(name, { before, first: 0, end: wires - before });
      return this.multiplication(table.group).sum(digits, table.addresses);
    });
  }

  /**
   * A share of the quotient's sum, in Jacobian coordinates.
   *
   * @param first index of the share's first point.
   * @param values of A, B and C there, in Montgomery form: as many in each call.
   */
  sumQuotient(first: number, values: readonly Uint8Array[]): Uint8Array {
    const { tm } = this.curve;
    const { exports } = tm.instance;
    const count = values[0].length / BYTES;
    const table = this.table("quotient", { before: 0, first, end: first + count });
    this.values ||= allocate(tm, 3 * BYTES * count);
    const [a, b, c] = values.map((_, i) => this.values + i * BYTES * count);
    values.forEach((bytes, i) => tm.u8.set(bytes, [a, b, c][i]));
    exports.qap_joinABC(a, b, c, count, a);
    exports.frm_batchFromMontgomery(a, count, a);
    const digits = digitsOf(tm.getBuff(a, BYTES * count), windowBits(Math.min(count, CHUNK)));
    return this.multiplication(table.group).sum(digits, table.addresses);
  }

  private loadQuotient(): Quotient {
    const { key, curve } = this;
    const count = key.count("terms");
    const at = allocate(curve.tm, count * TERM_BYTES);
    let end = at;
    for (const piece of key.read("terms")) {
      curve.tm.u8.set(piece, end);
      end += piece.length;
    }
    return new Quotient(curve, { at, count }, key.header);
  }

  private table(
    name: PointsName,
    { before, first, end }: Record<"before" | "first" | "end", number>,
  ): PointTable {
    const known = this.tables.get(name);
    if (known !== undefined) return known;
    const table = new PointTable(this.curve, GROUPS[SECTION_GROUPS[name]], before + end - first, before);
    for (const piece of this.key.read(name, first, end)) table.append(piece);
    this.tables.set(name, table);
    return table;
  }

  private multiplication(group: CurveGroup): MultiScalarMultiplication {
    const { wires, size } = this.key.header;
    const known = this.multiplications.get(group.name);
    const multiplication =
      known ?? new MultiScalarMultiplication(this.curve, group, Math.min(Math.max(wires, size), CHUNK));
    this.multiplications.set(group.name, multiplication);
    return multiplication;
  }
}

/** How many scalars are neither 0 nor 1. */
function countOthers(scalars: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < scalars.length; at += BYTES) {
    let byte = scalars[at] > 1 ? 0 : 1;
    while (byte > 0 && byte < BYTES && scalars[at + byte] === 0) byte++;
    if (byte < BYTES) count++;
  }
  return count;
}
