import type { SystemSize } from "../link/size.js";
import { domainPower, keyBytes } from "./keySize.js";
import { pointSums } from "./rates.js";

const MEGABYTE = 2 ** 20;

/** What a process takes before it does anything: Node, modules, and the curve; measured on Linux, of three sizes of circuits. */
const SETUP_PROCESS = 185 * MEGABYTE;
const POINTS_PROCESS = 110 * MEGABYTE;
const PROVER_PROCESS = 230 * MEGABYTE;

/** Wires, rows and parts of a circuit in the linker; 390 to 540 bytes a row were measured on circuits up to 429,796 rows. */
const LINKED_ROW = 550;

/** What the linker takes in this process for so many rows. */
export function linkMemory(rows: number): number {
  return LINKED_ROW * rows;
}

/** The processes that make a key, in bytes: file and terms of the constraint system, three scalars a wire, one a row. */
export function keyMemory(size: SystemSize, cores: number): number {
  const { terms, wires, nonlinear, linear } = size;
  const { processes } = pointSums(size, cores);
  const all = terms.a + terms.b + terms.c;
  const system = r1csBytes(size) + 8 * all + 12 * (nonlinear + linear);
  const scalars = 32 * (3 * wires + 2 ** domainPower(size));
  return SETUP_PROCESS + (processes === 1 ? 0 : processes * POINTS_PROCESS) + system + scalars;
}

/** The process of snarkjs that makes a proof, in bytes. It holds the key, and polynomials over the domain. */
export function proofMemory(size: SystemSize): number {
  return PROVER_PROCESS + 3 * keyBytes(size) + 13 * 32 * 2 ** domainPower(size);
}

/** The size of the file `main.r1cs`. */
export function r1csBytes({ terms, nonlinear, linear, wires }: SystemSize): number {
  return 36 * (terms.a + terms.b + terms.c) + 12 * (nonlinear + linear) + 8 * wires + 124;
}
