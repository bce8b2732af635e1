import type { SystemSize } from "../link/size.js";
import { ceilLog2 } from "../elementary/powersOfTwo.js";

const G1 = 64;
const G2 = 128;
/** Side, row, wire and coefficient of a term of A or B. */
const TERM = 12 + 32;

type Rows = Pick<SystemSize, "nonlinear" | "linear" | "publicOutputs" | "publicInputs">;

/** Rows, public signals and the constant 1: what the domain has to hold. */
export function rowsOf({ nonlinear, linear, publicOutputs, publicInputs }: Rows): number {
  return nonlinear + linear + publicOutputs + publicInputs + 1;
}

/** The power of two that a proof is made over. */
export function domainPower(size: Rows): number {
  return Math.max(1, ceilLog2(rowsOf(size)));
}

/**
 * The size of a development key in bytes: snarkjs's `.zkey`, version 1. Each contribution adds a few hundred.
 *
 * @example keyBytes(size) // 57,929,908 for 102,206 rows and 99,073 wires
 */
export function keyBytes(size: SystemSize): number {
  const { wires, publicOutputs, publicInputs, terms } = size;
  const publics = publicOutputs + publicInputs;
  const file = 12 + 10 * 12;
  const header = 4 + (4 + 32) * 2 + 3 * 4 + 3 * G1 + 3 * G2;
  const coefficients = 4 + (terms.a + terms.b + publics + 1) * TERM;
  // A and B of each wire, B in both groups; the sums of all wires; the quotient; no contributions.
  const points = (2 * G1 + G2) * wires + G1 * wires + G1 * 2 ** domainPower(size);
  return file + header + coefficients + points + 68;
}
