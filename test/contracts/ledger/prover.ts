import { bn254 } from "@noble/curves/bn254.js";
import { concat, id, toBeHex } from "ethers";
import type { Proof } from "./calls.js";

const { Fr, Fp } = bn254.fields;
const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;

/** The secrets of a setup, which whoever made it alone can keep: with them any statement has a proof. */
const secret = (name: string): bigint => Fr.create(BigInt(id(name)));
const [alpha, beta, gamma, delta] = ["alpha", "beta", "gamma", "delta"].map(secret);
const inputs = (key: string, signals: number) =>
  Array.from({ length: signals + 1 }, (_, i) => secret(`${key} ${i}`));

const g1 = (scalar: bigint): bigint[] => {
  const { x, y } = G1.BASE.multiply(scalar).toAffine();
  return [x, y];
};
const g2 = (scalar: bigint): bigint[] => {
  const { x, y } = G2.BASE.multiply(scalar).toAffine();
  return [x.c1, x.c0, y.c1, y.c0];
};

/** A verification key in the registry's order. */
export function keyOf(key: string, signals: number): string {
  const words = [...g1(alpha), ...[beta, gamma, delta].flatMap(g2), ...inputs(key, signals).flatMap(g1)];
  return concat(words.map((word) => toBeHex(word, 32)));
}

/** A and B of proofs: any will do, for who knows the secrets. */
const PAIRS = Array.from({ length: 4 }, (_, i) => {
  const [a, b] = [secret(`A ${i}`), secret(`B ${i}`)];
  return { product: Fr.mul(a, b), a: g1(a), b: g2(b) };
});

/**
 * A proof of any statement: C = (A·B - alpha·beta - gamma·Σ signals·IC) / delta.
 *
 * @param multiply the chain's multiplication of the generator, which is faster than one in JavaScript
 */
export async function proofOf(
  { key, form }: Proof,
  signals: readonly bigint[],
  multiply: (scalar: bigint) => Promise<bigint[]>,
): Promise<bigint[]> {
  if (form === "infinite") return Array<bigint>(8).fill(0n);
  const { product, a, b } = PAIRS[Number(signals.at(-1)! % 4n)];
  const [constant, ...factors] = inputs(key, signals.length);
  const sum = signals.reduce(
    (sum, signal, i) => Fr.add(sum, Fr.mul(Fr.create(signal), factors[i])),
    constant,
  );
  const exponent = Fr.sub(Fr.sub(product, Fr.mul(alpha, beta)), Fr.mul(gamma, sum));
  const c = await multiply(Fr.div(exponent, delta));
  if (form === "negated") return [a[0], Fp.neg(a[1]), b[0], b[1], Fp.neg(b[2]), Fp.neg(b[3]), ...c];
  return form === "spoiled" ? [...a, ...b, c[0], Fp.neg(c[1])] : [...a, ...b, ...c];
}
