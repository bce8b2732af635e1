import { bn254 } from "@noble/curves/bn254.js";
import { id } from "ethers";
import type { G1Point, G2Point, VerificationKey } from "../../../src/groth16/types.js";
import type { BatchProof, Proof } from "./calls.js";

const { Fr, Fp } = bn254.fields;
const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;

/** The secrets of a setup, which whoever made it alone can keep: with them any statement has a proof. */
const secret = (name: string): bigint => Fr.create(BigInt(id(name)));
const [alpha, beta, gamma] = ["alpha", "beta", "gamma"].map(secret);
/** Of each key its own: whoever has two proving keys of one delta can forge. */
const deltaOf = (key: string) => secret(`${key} delta`);
const inputs = (key: string, signals: number) =>
  Array.from({ length: signals + 1 }, (_, i) => secret(`${key} ${i}`));

export const g1 = (scalar: bigint): bigint[] => {
  const { x, y } = G1.BASE.multiply(scalar).toAffine();
  return [x, y];
};
const g2 = (scalar: bigint): bigint[] => {
  const { x, y } = G2.BASE.multiply(scalar).toAffine();
  return [x.c1, x.c0, y.c1, y.c0];
};

/** A verification key as snarkjs writes it. */
export function verificationKeyOf(key: string, signals: number): VerificationKey {
  const one = (scalar: bigint): G1Point => [...g1(scalar).map(String), "1"] as unknown as G1Point;
  const two = (scalar: bigint): G2Point => {
    const [x1, x0, y1, y0] = g2(scalar).map(String);
    return [
      [x0, x1],
      [y0, y1],
      ["1", "0"],
    ];
  };
  return {
    protocol: "groth16",
    curve: "bn128",
    nPublic: signals,
    vk_alpha_1: one(alpha),
    vk_beta_2: two(beta),
    vk_gamma_2: two(gamma),
    vk_delta_2: two(deltaOf(key)),
    IC: inputs(key, signals).map(one),
  };
}

/** A and B of proofs: any will do, for who knows the secrets. */
export const PAIRS = Array.from({ length: 4 }, (_, i) => {
  const [a, b] = [secret(`A ${i}`), secret(`B ${i}`)];
  return { product: Fr.mul(a, b), a: g1(a), b: g2(b) };
});

/** The exponent of the C that proves any statement: C = (A·B - alpha·beta - gamma·Σ signals·IC) / delta. */
export function exponentOfC(key: string, signals: readonly bigint[], product: bigint): bigint {
  const [constant, ...factors] = inputs(key, signals.length);
  const sum = signals.reduce(
    (sum, signal, i) => Fr.add(sum, Fr.mul(Fr.create(signal), factors[i])),
    constant,
  );
  return Fr.div(Fr.sub(Fr.sub(product, Fr.mul(alpha, beta)), Fr.mul(gamma, sum)), deltaOf(key));
}

/** The exponent of C as a sum: a constant for this A and B, and a factor for each signal. */
export function factorsOfC(key: string, signals: number, product: bigint): bigint[] {
  const zero = Array<bigint>(signals).fill(0n);
  const constant = exponentOfC(key, zero, product);
  return [constant, ...zero.map((_, i) => Fr.sub(exponentOfC(key, zero.with(i, 1n), product), constant))];
}

/**
 * A proof of what it says, or something else.
 *
 * @param multiply the chain's multiplication of the generator, which is faster than one in JavaScript
 */
export async function proofOf(
  { key, form }: Pick<Proof | BatchProof, "form" | "key">,
  signals: readonly bigint[],
  multiply: (scalar: bigint) => Promise<bigint[]>,
): Promise<bigint[]> {
  if (form === "infinite") return Array<bigint>(8).fill(0n);
  const { product, a, b } = PAIRS[Number(signals.at(-1)! % 4n)];
  const c = await multiply(exponentOfC(key, signals, product));
  if (form === "negated") return [a[0], Fp.neg(a[1]), b[0], b[1], Fp.neg(b[2]), Fp.neg(b[3]), ...c];
  return form === "spoiled" ? [...a, ...b, c[0], Fp.neg(c[1])] : [...a, ...b, ...c];
}
