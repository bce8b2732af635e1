import type { Curve } from "snarkjs";
import { allocate } from "../curveMemory.js";
import { CosetTransform } from "./cosetTransform.js";

/** The polynomials whose product, less the last, the quotient comes from. */
export type Polynomial = "a" | "b" | "c";

const BYTES = 32;

/** Bytes of a term in a key: side, row, wire, coefficient. */
export const TERM_BYTES = 12 + BYTES;

/**
 * The polynomials A, B and C of a witness, by their values on the odd half of a domain of twice the size: the
 * quotient is AB - C there, over a constant that the key holds.
 */
export class Quotient {
  private readonly witness: number;
  private readonly values: Readonly<Record<Polynomial, number>>;
  private readonly transform: CosetTransform;

  /**
   * @param terms address of the key's terms.
   * @param sizes of the witness and of the domain.
   */
  constructor(
    private readonly curve: Curve,
    private readonly terms: { readonly at: number; readonly count: number },
    private readonly sizes: { readonly wires: number; readonly size: number },
  ) {
    const { wires, size } = sizes;
    const { tm } = curve;
    this.witness = allocate(tm, BYTES * wires);
    const [a, b, c] = [0, 1, 2].map(() => allocate(tm, BYTES * size));
    this.values = { a, b, c };
    this.transform = new CosetTransform(curve, size);
  }

  /** @returns the values of each polynomial, in Montgomery form. */
  evaluate(witness: Uint8Array, polynomials: readonly Polynomial[]): Uint8Array[] {
    const { tm } = this.curve;
    const { exports } = tm.instance;
    const { a, b, c } = this.values;
    const { wires, size } = this.sizes;
    tm.u8.set(witness, this.witness);
    const { at, count } = this.terms;
    exports.qap_buildABC(at, count, this.witness, a, b, c, 0, size, 0, wires);
    return polynomials.map((polynomial) => {
      const values = this.values[polynomial];
      this.transform.run(values);
      return tm.getBuff(values, BYTES * size);
    });
  }
}
