import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { CoefficientTable } from "./coefficients.js";
import { FIELD_ORDER } from "./field.js";

/**
 * A rank-1 constraint system: constraint `i` says `A_i(w) * B_i(w) = C_i(w)` in the field, for the witness `w`.
 *
 * Wires are in circom's order: wire 0 is the constant 1, then public outputs, public inputs, private inputs, and the
 * rest. All linear combinations lie one after the other: combination `3 * i + m` (m = 0, 1, 2 for A, B, C) has the
 * terms `starts[3 * i + m]` up to `starts[3 * i + m + 1]`, term `t` being `values[coefficients[t]] * w[wires[t]]`.
 * A term takes 8 bytes; the few different coefficients are kept once.
 */
export interface R1cs {
  readonly constraints: number;
  readonly wireCount: number;
  readonly publicOutputs: number;
  readonly publicInputs: number;
  /** As declared: a private input that no constraint reads has no wire. */
  readonly privateInputs: number;
  /** Number of signals before simplification, as in the `.sym` file. */
  readonly labels: number;
  readonly starts: Uint32Array;
  readonly wires: Uint32Array;
  readonly coefficients: Uint32Array;
  /** The different coefficients, from -(r-1)/2 to (r-1)/2. */
  readonly values: readonly bigint[];
}

const ELEMENT_BYTES = 32;
const TERM_BYTES = 4 + ELEMENT_BYTES;

/**
 * Reads an `.r1cs` file (format of iden3, version 1).
 *
 * Every count in the file is checked against the bytes that are there before anything is allocated for it.
 *
 * @throws Torch2CircomError for a file that is damaged, or over another field than BN254's.
 */
export function readR1cs(path: string): R1cs {
  return parseR1cs(readWhole(path), path);
}

/** {@link readR1cs} of bytes in memory; `name` stands in errors. */
export function parseR1cs(bytes: Uint8Array, name = "the r1cs"): R1cs {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (what: string): Torch2CircomError =>
    new Torch2CircomError("BUILD_DAMAGED", `${name} is damaged: ${what}`, "Build the circuit again.");
  if (bytes.length < 12 || view.getUint32(0, true) !== 0x73633172)
    throw damaged("it does not begin with `r1cs`");
  if (view.getUint32(4, true) !== 1) throw damaged("its version is not 1");
  const sections = readSections(view, damaged);
  const header = sections.get(1);
  const body = sections.get(2);
  if (!header || !body) throw damaged("a section is missing");
  const counts = readHeader(view, header, damaged);
  // Three counts of terms are the least that a constraint takes.
  if (counts.constraints * 12 > body.length) throw damaged("it ends before its last constraint");
  return { ...counts, ...readConstraints(view, body, counts, damaged) };
}

/**
 * Re-evaluates every constraint on a witness: what a verifier would find, whatever made the witness.
 *
 * @param witness one value for each wire; any representatives modulo the field's order.
 * @returns the index of the first constraint that does not hold, or -1.
 */
export function checkWitness(r1cs: R1cs, witness: readonly bigint[]): number {
  if (witness.length !== r1cs.wireCount)
    throw new Error(`a witness of ${witness.length} values for ${r1cs.wireCount} wires`);
  if (witness[0] !== 1n) throw new Error("wire 0 of a witness is 1");
  for (let i = 0; i < r1cs.constraints; i++) if (!holds(r1cs, i, witness)) return i;
  return -1;
}

/** Whether constraint `i` holds on the witness. */
export function holds(r1cs: R1cs, i: number, witness: readonly bigint[]): boolean {
  const a = evaluateCombination(r1cs, 3 * i, witness);
  const b = evaluateCombination(r1cs, 3 * i + 1, witness);
  return (a * b - evaluateCombination(r1cs, 3 * i + 2, witness)) % FIELD_ORDER === 0n;
}

/** Combination `k` (see {@link R1cs}) on a witness, reduced but of either sign. */
export function evaluateCombination(r1cs: R1cs, k: number, witness: readonly bigint[]): bigint {
  let sum = 0n;
  for (let t = r1cs.starts[k]; t < r1cs.starts[k + 1]; t++)
    sum += r1cs.values[r1cs.coefficients[t]] * witness[r1cs.wires[t]];
  return sum % FIELD_ORDER;
}

/** For each wire the constraints that name it, one after the other: those of wire w from users[starts[w]] on. */
export function constraintsOfWires({ constraints, starts, wires, wireCount }: R1cs): {
  readonly starts: Uint32Array;
  readonly users: Uint32Array;
} {
  const offsets = new Uint32Array(wireCount + 1);
  for (const wire of wires) offsets[wire + 1]++;
  for (let wire = 0; wire < wireCount; wire++) offsets[wire + 1] += offsets[wire];
  const next = offsets.slice();
  const users = new Uint32Array(wires.length);
  for (let i = 0; i < constraints; i++)
    for (let t = starts[3 * i]; t < starts[3 * i + 3]; t++) users[next[wires[t]]++] = i;
  return { starts: offsets, users };
}

interface Section {
  readonly start: number;
  readonly length: number;
}

type Counts = Pick<
  R1cs,
  "constraints" | "wireCount" | "publicOutputs" | "publicInputs" | "privateInputs" | "labels"
>;
type Damaged = (what: string) => Torch2CircomError;

function readSections(view: DataView, damaged: Damaged): Map<number, Section> {
  const sections = new Map<number, Section>();
  const count = view.getUint32(8, true);
  let at = 12;
  for (let i = 0; i < count; i++) {
    if (at + 12 > view.byteLength) throw damaged("it ends within its sections");
    const length = Number(view.getBigUint64(at + 4, true));
    if (length > view.byteLength - at - 12) throw damaged("a section is longer than the file");
    sections.set(view.getUint32(at, true), { start: at + 12, length });
    at += 12 + length;
  }
  return sections;
}

function readHeader(view: DataView, { start, length }: Section, damaged: Damaged): Counts {
  const bytes = 4 + ELEMENT_BYTES + 28;
  if (length < bytes || view.getUint32(start, true) !== ELEMENT_BYTES)
    throw damaged("its header is not of BN254");
  let prime = 0n;
  for (let word = 3; word >= 0; word--)
    prime = (prime << 64n) | view.getBigUint64(start + 4 + 8 * word, true);
  if (prime !== FIELD_ORDER) throw damaged("its field is not BN254's");
  const at = start + 4 + ELEMENT_BYTES;
  const counts = {
    wireCount: view.getUint32(at, true),
    publicOutputs: view.getUint32(at + 4, true),
    publicInputs: view.getUint32(at + 8, true),
    privateInputs: view.getUint32(at + 12, true),
    labels: Number(view.getBigUint64(at + 16, true)),
    constraints: view.getUint32(at + 24, true),
  };
  if (1 + counts.publicOutputs + counts.publicInputs > counts.wireCount)
    throw damaged("it has more public signals than wires");
  return counts;
}

function readConstraints(
  view: DataView,
  { start, length }: Section,
  { constraints, wireCount }: Counts,
  damaged: Damaged,
): Pick<R1cs, "starts" | "wires" | "coefficients" | "values"> {
  const combinations = 3 * constraints;
  const starts = new Uint32Array(combinations + 1);
  // All bytes that are not counts of terms are terms.
  const terms = (length - 4 * combinations) / TERM_BYTES;
  if (!Number.isInteger(terms)) throw damaged("its constraints end within a term");
  const wires = new Uint32Array(terms);
  const coefficients = new Uint32Array(terms);
  const table = new CoefficientTable();
  let at = start;
  let t = 0;
  for (let k = 0; k < combinations; k++) {
    if (at + 4 > start + length) throw damaged("it ends before its last constraint");
    const end = t + view.getUint32(at, true);
    at += 4;
    if (end > terms || at + (end - t) * TERM_BYTES > start + length)
      throw damaged("it ends within a constraint");
    for (; t < end; t++, at += TERM_BYTES) {
      wires[t] = view.getUint32(at, true);
      if (wires[t] >= wireCount) throw damaged("a constraint names a wire that is not there");
      coefficients[t] = table.indexOf(view, at + 4);
    }
    starts[k + 1] = t;
  }
  if (t !== terms) throw damaged("it has bytes after its last constraint");
  return { starts, wires, coefficients, values: table.values(FIELD_ORDER) };
}

function readWhole(path: string): Uint8Array {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      `${path} cannot be read`,
      "Build the circuit first.",
      error as Error,
    );
  }
  try {
    const bytes = new Uint8Array(fstatSync(file).size);
    // One read takes at most 2 GB.
    for (let at = 0; at < bytes.length;) {
      const read = readSync(file, bytes, at, Math.min(bytes.length - at, 1 << 30), at);
      if (read === 0)
        throw new Torch2CircomError(
          "BUILD_DAMAGED",
          `${path} became shorter while it was read`,
          "Build it again.",
        );
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}
