import { type Section, writeBinaryFile } from "../../src/groth16/binaryFile.js";
import { u32 } from "../../src/groth16/u32.js";
import {
  BASE_FIELD_ORDER,
  encodeScalars,
  invert,
  mod,
  power as raise,
  randomScalar,
  rootOfUnity,
} from "../../src/groth16/field.js";
import { Generators } from "../../src/groth16/fixedBase.js";

/** Points after a contribution, its public key, hashes, its kind and its parameters, of which there are none. */
const RECORD = 64 + 128 + 64 + 64 + 128 + 6 * 64 + 3 * 128 + 216 + 64 + 4 + 4;

/**
 * Writes a powers-of-tau file, prepared for phase 2, from secrets that this process samples and drops. **For
 * development only**: it lets the way through a ceremony be tried without downloading a real one.
 *
 * @param power the file serves circuits of up to 2^power constraints and public signals; at most 27.
 * @param path of the `.ptau` to write, as `snarkjs zkey new` reads it.
 * @param contributions empty records of them, which nobody made: enough for whoever does not verify them
 */
export async function writeDevelopmentPowersOfTau(
  power: number,
  path: string,
  contributions = 0,
): Promise<void> {
  const [tau, alpha, beta] = [randomScalar(), randomScalar(), randomScalar()];
  const size = 2 ** power;
  const powers: bigint[] = [1n];
  while (powers.length < 2 * size - 1) powers.push(mod(powers.at(-1)! * tau));
  // Lagrange bases of all domains up to 2^power, in G1 of one more: phase 2 takes those that fit the circuit.
  const bases = Array.from({ length: power + 1 }, (_, p) => lagrangeAt(tau, 2 ** p));
  const short = powers.slice(0, size);
  const lagrange = bases.flat();
  bases.push(lagrangeWithoutLastPower(tau, 2 * size));
  const times = (values: readonly bigint[], factor: bigint): bigint[] =>
    values.map((value) => mod(value * factor));
  const jobs: { id: number; group: "G1" | "G2"; scalars: readonly bigint[] }[] = [
    { id: 2, group: "G1", scalars: powers },
    { id: 3, group: "G2", scalars: short },
    { id: 4, group: "G1", scalars: times(short, alpha) },
    { id: 5, group: "G1", scalars: times(short, beta) },
    { id: 6, group: "G2", scalars: [beta] },
    { id: 12, group: "G1", scalars: bases.flat() },
    { id: 13, group: "G2", scalars: lagrange },
    { id: 14, group: "G1", scalars: times(lagrange, alpha) },
    { id: 15, group: "G1", scalars: times(lagrange, beta) },
  ];
  const count = (of: "G1" | "G2"): number =>
    jobs.reduce((sum, { group, scalars }) => sum + (group === of ? scalars.length : 0), 0);
  const generators = new Generators({ G1: count("G1"), G2: count("G2") });
  const header = [u32(32), encodeScalars([BASE_FIELD_ORDER]), u32(power), u32(power)];
  const record = new Uint8Array(RECORD);
  const sections: Section[] = [
    { id: 1, pieces: header },
    ...jobs.map(({ id, group, scalars }) => ({
      id,
      pieces: generators.multiply(group, encodeScalars(scalars)),
    })),
    { id: 7, pieces: [u32(contributions), ...new Array<Uint8Array>(contributions).fill(record)] },
  ];
  await writeBinaryFile(path, "ptau", 1, sections).finally(() => generators.close());
}

/** The Lagrange polynomials of the domain of the `size`-th roots of unity `w^i` at x: `L_i(x) = w^i (x^size - 1) / (size (x - w^i))`. */
function lagrangeAt(x: bigint, size: number): bigint[] {
  const w = rootOfUnity(size);
  const scale = mod((raise(x, BigInt(size)) - 1n) * invert(BigInt(size)));
  return Array.from({ length: size }, (_, i) => {
    const root = raise(w, BigInt(i));
    return mod(root * scale * invert(mod(x - root)));
  });
}

/** The same, with x^(size - 1) taken for 0, as snarkjs prepares the last basis: the file does not have this power. */
function lagrangeWithoutLastPower(x: bigint, size: number): bigint[] {
  const w = rootOfUnity(size);
  const last = mod(raise(x, BigInt(size - 1)) * invert(BigInt(size)));
  return lagrangeAt(x, size).map((value, i) => mod(value - last * raise(w, BigInt(i))));
}
