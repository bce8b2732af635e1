import { processesFor } from "../groth16/fixedBase.js";
import { windowBits } from "../groth16/fixedBaseTable.js";
import type { SystemSize } from "../link/size.js";
import { domainPower } from "./keySize.js";

/** How fast a machine is, in seconds of one core; see {@link measureRates}. */
export interface Rates {
  /** Start of a process. */
  readonly startSeconds: number;
  /** All that a development key takes however small the circuit is. */
  readonly keyStartSeconds: number;
  /** An operation of the scalar field. */
  readonly fieldSeconds: number;
  /** A sum of points in each group. */
  readonly sumSeconds: Readonly<Record<"G1" | "G2", number>>;
  readonly snarkjs: ProofRates;
  /** Seconds of the clock; undefined where it is not there. */
  readonly rapidsnark?: ProofRates;
}

export interface ProofRates {
  /** Whatever the circuit is. */
  readonly start: number;
  /** By the unit of {@link proofWork}. */
  readonly perUnit: number;
}

/** Operations on field elements that the scalars of a key take: terms, wires, and two bases of Lagrange polynomials. */
export function fieldOperations(size: SystemSize): number {
  const { terms, wires } = size;
  return 2 * (terms.a + terms.b + terms.c) + 5 * wires + 2 * 10 * 2 ** domainPower(size);
}

/** Sums of points that a development key takes in each group, the tables of all processes included. */
export function pointSums(
  size: SystemSize,
  cores: number,
): { readonly G1: number; readonly G2: number; readonly processes: number } {
  const { wires, wiresOf } = size;
  const domain = 2 ** domainPower(size);
  const all = { G1: 3 * wires + domain, G2: wires };
  const processes = processesFor(all, cores);
  // Wires that are in no A or in no B have the point at infinity, which takes none.
  const multiplied = { G1: wiresOf.a + wiresOf.b + wires + domain, G2: wiresOf.b };
  const sums = (group: "G1" | "G2"): number => {
    const bits = windowBits(all[group] / processes);
    return Math.ceil(255 / bits) * (multiplied[group] + processes * 2 ** (bits - 1));
  };
  return { G1: sums("G1"), G2: sums("G2"), processes };
}

/**
 * What the time of a proof follows: the rows of the domain, wires, and the terms that are evaluated. Multi-exponentiation
 * takes wider windows, hence fewer, of more points.
 */
export function proofWork({ wires, terms, ...size }: SystemSize): number {
  const power = domainPower(size);
  return (2 ** power + wires + (terms.a + terms.b) / 8) / power;
}
