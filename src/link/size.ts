/** The size of a constraint system, on which the size of its key and the cost of its proofs depend. */
export type SystemSize = {
  /** Rows with a product of wires, and rows without. */
  readonly nonlinear: number;
  readonly linear: number;
  readonly wires: number;
  readonly publicOutputs: number;
  readonly publicInputs: number;
  readonly privateInputs: number;
  /** Terms of the combinations A, B and C of all rows. */
  readonly terms: { readonly a: number; readonly b: number; readonly c: number };
  /** Different wires in combinations A and in combinations B. */
  readonly wiresOf: { readonly a: number; readonly b: number };
};
