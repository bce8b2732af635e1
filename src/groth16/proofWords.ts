import type { Proof } from "./types.js";

/**
 * A proof as the eight words that the contracts take: A, B, C. Each coordinate in G2 comes as (c1, c0), the order of
 * the pairing precompile (EIP-197).
 */
export function proofWords({ pi_a: a, pi_b: b, pi_c: c }: Proof): ProofWords {
  return [a[0], a[1], b[0][1], b[0][0], b[1][1], b[1][0], c[0], c[1]].map(BigInt) as ProofWords;
}

export type ProofWords = [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
