import type { R1cs } from "../circom/r1cs.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { type Section, u32, writeBinaryFile } from "./binaryFile.js";
import {
  BASE_FIELD_ORDER,
  encodeScalars,
  FIELD_ORDER,
  invert,
  lagrangeAt,
  MAX_DOMAIN_POWER,
  mod,
  randomScalar,
} from "./field.js";
import { multiplyGenerators } from "./fixedBase.js";

/**
 * Makes a Groth16 proving key in one process from secrets that it samples and drops. **For development only**: nobody
 * else can know that they were dropped.
 *
 * A ceremony never knows its secrets, so it computes with curve points: minutes where this takes seconds. Here the
 * scalars of J. Groth, EUROCRYPT 2016, section 3.2 are computed first; every point of the key is then a multiple of a
 * generator. The file is a `.zkey` as snarkjs reads it, with no contribution; gamma is 1 and delta is random, so that
 * it is not one of the keys with gamma = delta under which anybody can forge.
 *
 * @param path of the `.zkey` to write.
 * @throws Torch2CircomError if the circuit has more than 2^28 constraints and public signals.
 */
export async function writeDevelopmentKey(
  r1cs: R1cs,
  path: string,
  onProgress?: (fraction: number) => void,
): Promise<void> {
  const publics = r1cs.publicOutputs + r1cs.publicInputs;
  const domainPower = Math.floor(Math.log2(r1cs.constraints + publics)) + 1;
  // The quotient's basis comes from a domain of twice the size.
  if (domainPower + 1 > MAX_DOMAIN_POWER)
    throw new Torch2CircomError(
      "CIRCUIT_TOO_LARGE",
      `The circuit has ${r1cs.constraints} constraints, more than one Groth16 proof can hold`,
      "Make the model smaller, or reduce its bit widths.",
    );
  // Who knows one of these can prove anything: they leave this function in no form.
  const [tau, alpha, beta, delta] = [randomScalar(), randomScalar(), randomScalar(), randomScalar()];
  const size = 2 ** domainPower;
  const [a, b, c] = wirePolynomials(r1cs, lagrangeAt(tau, size));
  const sums = a.map((value, wire) => mod(beta * value + alpha * b[wire] + c[wire]));
  const inverse = invert(delta);
  const overDelta = (values: readonly bigint[]): bigint[] => values.map((value) => mod(value * inverse));
  const points = await multiplyGenerators(
    [
      { group: "G1", scalars: [alpha, beta, delta] },
      { group: "G2", scalars: [beta, 1n, delta] },
      { group: "G1", scalars: sums.slice(0, publics + 1) },
      { group: "G1", scalars: a },
      { group: "G1", scalars: b },
      { group: "G2", scalars: b },
      { group: "G1", scalars: overDelta(sums.slice(publics + 1)) },
      { group: "G1", scalars: overDelta(lagrangeAt(tau, 2 * size, { first: 1, stride: 2 })) },
    ],
    onProgress,
  );
  const sections = keySections(r1cs, { publics, size, points });
  writeBinaryFile(path, "zkey", 1, sections);
}

/** A_i(tau), B_i(tau), C_i(tau) for each wire i. Public wires have a row of their own in A, so that they are independent. */
function wirePolynomials(r1cs: R1cs, lagrange: readonly bigint[]): [bigint[], bigint[], bigint[]] {
  const sides = [0, 1, 2].map(() => new Array<bigint>(r1cs.wireCount).fill(0n));
  for (let k = 0; k < 3 * r1cs.constraints; k++) {
    const side = sides[k % 3];
    const row = lagrange[Math.floor(k / 3)];
    // Coefficients are small: reducing once at the end is quicker than after each term.
    for (let t = r1cs.starts[k]; t < r1cs.starts[k + 1]; t++)
      side[r1cs.wires[t]] += r1cs.values[r1cs.coefficients[t]] * row;
  }
  for (let wire = 0; wire <= r1cs.publicOutputs + r1cs.publicInputs; wire++)
    sides[0][wire] += lagrange[r1cs.constraints + wire];
  const [a, b, c] = sides.map((side) => side.map(mod));
  return [a, b, c];
}

/** The sections of snarkjs's `.zkey`, version 1. */
function keySections(
  r1cs: R1cs,
  { publics, size, points }: { publics: number; size: number; points: readonly Uint8Array[] },
): Section[] {
  const [g1, g2, ic, a, b1, b2, c, h] = points;
  const [alpha1, beta1, delta1] = split(g1, 3);
  const [beta2, gamma2, delta2] = split(g2, 3);
  const groth16 = 1;
  const header = [
    ...[u32(32), encodeScalars([BASE_FIELD_ORDER]), u32(32), encodeScalars([FIELD_ORDER])],
    ...[u32(r1cs.wireCount), u32(publics), u32(size)],
    ...[alpha1, beta1, beta2, gamma2, delta1, delta2],
  ];
  // No ceremony: no hash of the circuit, no contributions.
  const contributions = [new Uint8Array(64), u32(0)];
  return [
    { id: 1, pieces: [u32(groth16)] },
    { id: 2, pieces: header },
    { id: 3, pieces: [ic] },
    { id: 4, pieces: [coefficientBytes(r1cs, publics)] },
    { id: 5, pieces: [a] },
    { id: 6, pieces: [b1] },
    { id: 7, pieces: [b2] },
    { id: 8, pieces: [c] },
    { id: 9, pieces: [h] },
    { id: 10, pieces: contributions },
  ];
}

/**
 * All terms of A and B, which the prover evaluates: side, row, wire, and the coefficient times 2^512 (it is read as
 * twice in Montgomery form). The sums in C, which are long in a neural network, are not among them.
 */
function coefficientBytes(r1cs: R1cs, publics: number): Uint8Array {
  const montgomery = 1n << 512n;
  const table = encodeScalars([...r1cs.values, 1n].map((value) => mod(value * montgomery)));
  const one = r1cs.values.length;
  let count = publics + 1;
  for (let i = 0; i < r1cs.constraints; i++) count += r1cs.starts[3 * i + 2] - r1cs.starts[3 * i];
  const termBytes = 12 + 32;
  const bytes = new Uint8Array(4 + count * termBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, count, true);
  let at = 4;
  const write = (side: number, row: number, wire: number, coefficient: number): void => {
    view.setUint32(at, side, true);
    view.setUint32(at + 4, row, true);
    view.setUint32(at + 8, wire, true);
    bytes.set(table.subarray(32 * coefficient, 32 * coefficient + 32), at + 12);
    at += termBytes;
  };
  for (let row = 0; row < r1cs.constraints; row++)
    for (const side of [0, 1])
      for (let t = r1cs.starts[3 * row + side]; t < r1cs.starts[3 * row + side + 1]; t++)
        write(side, row, r1cs.wires[t], r1cs.coefficients[t]);
  for (let wire = 0; wire <= publics; wire++) write(0, r1cs.constraints + wire, wire, one);
  return bytes;
}

function split(bytes: Uint8Array, parts: number): Uint8Array[] {
  const length = bytes.length / parts;
  return Array.from({ length: parts }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}
