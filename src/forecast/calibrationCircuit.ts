import type { R1cs } from "../circom/r1cs.js";
import type { SystemSize } from "../link/size.js";

/** Bits of each sum. */
const BITS = 8;

export interface CalibrationCircuit {
  readonly r1cs: R1cs;
  readonly size: SystemSize;
  readonly witness: readonly bigint[];
}

/**
 * A system like those of models, with its witness: bits, and sums of them.
 *
 * @param bits how many, a multiple of 8
 */
export function calibrationCircuit(bits: number): CalibrationCircuit {
  const sums = bits / BITS;
  const values = [1n, -1n, ...Array.from({ length: BITS - 1 }, (_, i) => 2n ** BigInt(i + 1))];
  const starts = [0];
  const wires: number[] = [];
  const coefficients: number[] = [];
  const combination = (...terms: readonly (readonly [wire: number, value: number])[]): void => {
    for (const [wire, value] of terms) {
      wires.push(wire);
      coefficients.push(value);
    }
    starts.push(wires.length);
  };
  const witness = new Array<bigint>(1 + sums + bits).fill(0n);
  witness[0] = 1n;
  for (let i = 0; i < bits; i++) {
    const wire = 1 + sums + i;
    witness[wire] = BigInt((i * i) % 3) % 2n;
    witness[1 + Math.floor(i / BITS)] += witness[wire] << BigInt(i % BITS);
    combination([wire, 0]);
    combination([0, 1], [wire, 0]);
    combination();
  }
  for (let sum = 0; sum < sums; sum++) {
    combination();
    combination();
    const terms = Array.from(
      { length: BITS },
      (_, j) => [1 + sums + BITS * sum + j, j === 0 ? 0 : j + 1] as const,
    );
    combination([1 + sum, 1], ...terms);
  }
  const r1cs: R1cs = {
    constraints: bits + sums,
    wireCount: witness.length,
    // The first sum is shown.
    ...{ publicOutputs: 1, publicInputs: 0, privateInputs: 0, labels: witness.length },
    starts: Uint32Array.from(starts),
    wires: Uint32Array.from(wires),
    coefficients: Uint32Array.from(coefficients),
    values,
  };
  const size: SystemSize = {
    ...{ nonlinear: bits, linear: sums, wires: witness.length },
    ...{ publicOutputs: 1, publicInputs: 0, privateInputs: 0 },
    terms: { a: bits, b: 2 * bits, c: (BITS + 1) * sums },
    wiresOf: { a: bits, b: bits + 1 },
  };
  return { r1cs, size, witness };
}
