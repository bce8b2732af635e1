import { bn254 } from "@noble/curves/bn254.js";
import { concat, id, toBeHex } from "ethers";
import type { ProofWords } from "./fixture.js";

const { Fr } = bn254.fields;
const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;
type G1Point = InstanceType<typeof G1>;
type G2Point = InstanceType<typeof G2>;

const secret = (name: string): bigint => Fr.create(BigInt(id(`toy ${name}`)));
const point = (scalar: bigint): G1Point => G1.BASE.multiplyUnsafe(Fr.create(scalar));
const sum = (...scalars: bigint[]): bigint => scalars.reduce((total, scalar) => Fr.add(total, scalar), 0n);
const times = (...scalars: bigint[]): bigint =>
  scalars.reduce((product, scalar) => Fr.mul(product, scalar), 1n);

const words1 = (one: G1Point): bigint[] => {
  const { x, y } = one.toAffine();
  return [x, y];
};
const words2 = (one: G2Point): bigint[] => {
  const { x, y } = one.toAffine();
  return [x.c1, x.c0, y.c1, y.c0];
};
const bytes = (words: readonly bigint[]): string => concat(words.map((word) => toBeHex(word, 32)));

/**
 * Two circuits and their Groth16 keys, of one phase 1. Both say x · x = z; their domain has the two rows of 1 and -1. The
 * first one's signals are z and two more, the last one has z for itself and shows two other signals.
 */
export interface ToyKey {
  /** `delta ‖ IC…`, as the registry takes it. */
  readonly bytes: string;
  readonly factors: readonly bigint[];
  /** What provers have: x in A and B, the signals in A, x in C, the quotient in C. */
  readonly a: G1Point;
  readonly b: G2Point;
  readonly signals: G1Point;
  readonly x: G1Point;
  readonly quotient: G1Point;
  /** z in C: of the last circuit alone, where z is private. */
  readonly z?: G1Point;
}

export interface ToyKeys {
  readonly common: string;
  readonly first: ToyKey;
  readonly last: ToyKey;
  readonly alpha: G1Point;
  readonly beta: G2Point;
}

/** @param shared whether both keys have one delta */
export function toyKeys(shared: boolean): ToyKeys {
  const [tau, alpha, beta, gamma] = ["tau", "alpha", "beta", "gamma"].map(secret);
  const half = Fr.inv(2n);
  /** The Lagrange polynomials of the rows, and the one that is zero on both. */
  const [l0, l1] = [times(half, sum(1n, tau)), times(half, Fr.sub(1n, tau))];
  const zero = Fr.sub(times(tau, tau), 1n);
  const make = (delta: bigint, factors: readonly bigint[], zIsPublic: boolean): ToyKey => {
    // Signals have their factors in A's second row; a public z stands in C's first row as well.
    const columns = factors.map((factor, i) => sum(times(beta, factor, l1), zIsPublic && i === 1 ? l0 : 0n));
    const ic = columns.map((column) => words1(point(Fr.div(column, gamma))));
    return {
      bytes: bytes([...words2(G2.BASE.multiply(delta)), ...ic.flat()]),
      factors,
      a: point(l0),
      b: G2.BASE.multiply(l0),
      signals: point(l1),
      x: point(Fr.div(times(sum(alpha, beta), l0), delta)),
      quotient: point(Fr.div(zero, delta)),
      ...(zIsPublic ? {} : { z: point(Fr.div(l0, delta)) }),
    };
  };
  const [one, two] = ["delta", shared ? "delta" : "other delta"].map(secret);
  const [alphaPoint, betaPoint] = [point(alpha), G2.BASE.multiply(beta)];
  return {
    common: bytes([...words1(alphaPoint), ...words2(betaPoint), ...words2(G2.BASE.multiply(gamma))]),
    first: make(one, [5n, 1n, 2n, 3n], true),
    last: make(two, [7n, 1n, 2n], false),
    alpha: alphaPoint,
    beta: betaPoint,
  };
}

/**
 * A proof from points of proving keys alone. z is the first circuit's first signal, or private: what x gives.
 *
 * @param foreign a point that is no part of the key: the remainder x · x - z is put on it
 */
export function proveToy(
  { alpha, beta }: ToyKeys,
  key: ToyKey,
  x: bigint,
  signals: readonly bigint[],
  foreign?: G1Point,
): ProofWords {
  const shown = sum(...[1n, ...signals].map((signal, i) => times(signal, key.factors[i])));
  const a = alpha.add(key.a.multiplyUnsafe(x)).add(key.signals.multiplyUnsafe(shown));
  const b = beta.add(key.b.multiplyUnsafe(x));
  // (x·L0 + s·L1)·x·L0 - z·L0 is (x² - z)·L0 and a multiple of what is zero on both rows.
  const quotient = times(Fr.sub(times(x, x), times(shown, x)), Fr.inv(4n));
  let c = key.x.multiplyUnsafe(x).add(key.quotient.multiplyUnsafe(quotient));
  if (key.z !== undefined) c = c.add(key.z.multiplyUnsafe(times(x, x)));
  if (foreign !== undefined) c = c.add(foreign.multiplyUnsafe(Fr.sub(times(x, x), signals[0])));
  return [...words1(a), ...words2(b), ...words1(c)] as ProofWords;
}
