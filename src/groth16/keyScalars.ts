import { curves } from "snarkjs";
import type { R1cs } from "../circom/r1cs.js";
import { invert } from "./field.js";
import { ELEMENT_BYTES, FieldVectors } from "./fieldVectors.js";

/** The secrets of a setup that the points of a key are multiples by. */
export interface SetupSecrets {
  readonly tau: bigint;
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly delta: bigint;
}

/** By which scalars the points of a key are multiples of the generator, as 32-byte little-endian elements. */
export interface KeyScalars {
  /** A_i(tau) and B_i(tau) of each wire. */
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  /** (beta A_i + alpha B_i + C_i)(tau) of the constant and the public wires. */
  readonly publics: Uint8Array;
  /** The same of all other wires, over delta. */
  readonly privates: Uint8Array;
  /** The basis of the quotient, over delta: the odd half of a domain of twice the size. */
  readonly quotient: Uint8Array;
}

/**
 * The scalars of J. Groth, EUROCRYPT 2016, section 3.2, in the memory of a curve of their own: of millions of wires,
 * numbers of JavaScript would take four times as much. Public wires have a row of their own in A, so that they are
 * independent.
 *
 * @param size of the domain: a power of two, more than the constraints and public wires together
 */
export async function keyScalars(r1cs: R1cs, size: number, secrets: SetupSecrets): Promise<KeyScalars> {
  const { tau, alpha, beta, delta } = secrets;
  const field = new FieldVectors(await curves.getCurveFromName("bn128", { singleThread: true }));
  const publics = r1cs.publicOutputs + r1cs.publicInputs;
  const rows = field.zeros(size);
  const [a, b, c] = [0, 1, 2].map(() => field.zeros(r1cs.wireCount));
  field.lagrange(rows, size, { x: tau, size, first: 0, stride: 1, factor: 1n });
  const values = field.constants(r1cs.values);
  const isUnit = r1cs.values.map((value) => (value === 1n ? 1 : value === -1n ? -1 : 0));
  for (const [m, side] of [a, b, c].entries())
    for (let row = 0; row < r1cs.constraints; row++)
      for (let t = r1cs.starts[3 * row + m]; t < r1cs.starts[3 * row + m + 1]; t++) {
        const value = r1cs.coefficients[t];
        field.addProduct(
          side + ELEMENT_BYTES * r1cs.wires[t],
          rows + ELEMENT_BYTES * row,
          values + ELEMENT_BYTES * value,
          isUnit[value],
        );
      }
  for (let wire = 0; wire <= publics; wire++)
    field.addProduct(a + ELEMENT_BYTES * wire, rows + ELEMENT_BYTES * (r1cs.constraints + wire), values, 1);
  const [alphaAt, betaAt, overDelta] = [alpha, beta, invert(delta)].map((value) => field.constants([value]));
  for (let wire = 0; wire < r1cs.wireCount; wire++) {
    const at = c + ELEMENT_BYTES * wire;
    field.addProduct(at, a + ELEMENT_BYTES * wire, betaAt, 0);
    field.addProduct(at, b + ELEMENT_BYTES * wire, alphaAt, 0);
    if (wire > publics) field.multiply(at, overDelta);
  }
  // The rows are done with: their place serves the quotient.
  field.lagrange(rows, size, { x: tau, size: 2 * size, first: 1, stride: 2, factor: invert(delta) });
  const sums = field.plain(c, r1cs.wireCount);
  return {
    a: field.plain(a, r1cs.wireCount),
    b: field.plain(b, r1cs.wireCount),
    publics: sums.subarray(0, ELEMENT_BYTES * (publics + 1)),
    privates: sums.subarray(ELEMENT_BYTES * (publics + 1)),
    quotient: field.plain(rows, size),
  };
}
