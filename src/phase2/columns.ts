import type { R1cs } from "../circom/r1cs.js";
import { ELEMENT_BYTES, type FieldVectors } from "../groth16/fieldVectors.js";

/** The matrices of a constraint system, in the order of a constraint. */
const MATRICES = { A: 0, B: 1, C: 2 } as const;

export type Matrix = keyof typeof MATRICES;

/**
 * Weighted sums of the columns of a constraint system's matrices, in the memory of a curve: one value per row,
 * Σ weight_i · M[row, i]. A has one row more per public signal and for the constant, as in the key.
 */
export class Columns {
  private readonly values: number;
  private readonly isUnit: readonly number[];

  /**
   * @param field in whose memory they are.
   * @param r1cs the constraint system.
   * @param size of the domain: all rows beyond the constraints are 0.
   */
  constructor(
    private readonly field: FieldVectors,
    private readonly r1cs: R1cs,
    private readonly size: number,
  ) {
    this.values = field.constants(r1cs.values);
    this.isUnit = r1cs.values.map((value) => (value === 1n ? 1 : value === -1n ? -1 : 0));
  }

  /**
   * Sums the columns of one matrix.
   *
   * @param matrix which.
   * @param weights address of one element per wire.
   * @returns the address of `size` elements.
   */
  sum(matrix: Matrix, weights: number): number {
    const { field, r1cs } = this;
    const { starts, wires, coefficients, constraints } = r1cs;
    const rows = field.zeros(this.size);
    for (let row = 0; row < constraints; row++) {
      const k = 3 * row + MATRICES[matrix];
      for (let t = starts[k]; t < starts[k + 1]; t++) {
        const value = coefficients[t];
        field.addProduct(
          rows + ELEMENT_BYTES * row,
          weights + ELEMENT_BYTES * wires[t],
          this.values + ELEMENT_BYTES * value,
          this.isUnit[value],
        );
      }
    }
    if (matrix === "A")
      for (let wire = 0; wire <= r1cs.publicOutputs + r1cs.publicInputs; wire++)
        field.addTo(rows + ELEMENT_BYTES * (constraints + wire), weights + ELEMENT_BYTES * wire);
    return rows;
  }
}
