import type { R1cs } from "../circom/r1cs.js";
import { u32 } from "./u32.js";
import { BATCH } from "./curveMemory.js";
import { encodeScalars, mod } from "./field.js";

/**
 * Section 4 of a key, in pieces: the number of terms of A and B, and all of them, which the prover evaluates: side, row, wire, and the coefficient times 2^512 (it is read as
 * twice in Montgomery form). The sums in C, which are long in a neural network, are not among them.
 */
export function* coefficientBytes(r1cs: R1cs): Generator<Uint8Array> {
  const { constraints, starts, wires, coefficients } = r1cs;
  const publics = r1cs.publicOutputs + r1cs.publicInputs;
  const montgomery = 1n << 512n;
  const table = encodeScalars([...r1cs.values, 1n].map((value) => mod(value * montgomery)));
  const one = r1cs.values.length;
  let count = publics + 1;
  for (let row = 0; row < constraints; row++) count += starts[3 * row + 2] - starts[3 * row];
  yield u32(count);
  const termBytes = 12 + 32;
  const term = (bytes: DataView, side: number, row: number, wire: number, coefficient: number): void => {
    bytes.setUint32(0, side, true);
    bytes.setUint32(4, row, true);
    bytes.setUint32(8, wire, true);
    for (let at = 0; at < 32; at++) bytes.setUint8(12 + at, table[32 * coefficient + at]);
  };
  for (let first = 0; first < constraints; first += BATCH) {
    const end = Math.min(first + BATCH, constraints);
    let terms = 0;
    for (let row = first; row < end; row++) terms += starts[3 * row + 2] - starts[3 * row];
    const bytes = new Uint8Array(terms * termBytes);
    let at = 0;
    for (let row = first; row < end; row++)
      for (const side of [0, 1])
        for (let t = starts[3 * row + side]; t < starts[3 * row + side + 1]; t++, at += termBytes)
          term(new DataView(bytes.buffer, at), side, row, wires[t], coefficients[t]);
    yield bytes;
  }
  const bytes = new Uint8Array((publics + 1) * termBytes);
  for (let wire = 0; wire <= publics; wire++)
    term(new DataView(bytes.buffer, wire * termBytes), 0, constraints + wire, wire, one);
  yield bytes;
}
