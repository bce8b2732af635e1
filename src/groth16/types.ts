/** A point of G1 in affine form with its third, projective coordinate (always "1" here), as decimal strings. */
export type G1Point = [x: string, y: string, z: string];

/** A point of G2, each coordinate as [c0, c1] with the value c0 + c1·u, as decimal strings. */
export type G2Point = [x: [string, string], y: [string, string], z: [string, string]];

/** A Groth16 verification key as snarkjs writes it (`verification_key.json`). */
export interface VerificationKey {
  protocol: "groth16";
  curve: "bn128";
  /** Number of public signals n. */
  nPublic: number;
  vk_alpha_1: G1Point;
  vk_beta_2: G2Point;
  vk_gamma_2: G2Point;
  vk_delta_2: G2Point;
  /** n + 1 points: the constant's, then one a public signal. */
  IC: G1Point[];
}

/** A Groth16 proof as snarkjs writes it. */
export interface Proof {
  protocol: "groth16";
  curve: "bn128";
  pi_a: G1Point;
  pi_b: G2Point;
  pi_c: G1Point;
}

/** Public signals in the circuit's order, as decimal strings in [0, r). */
export type PublicSignals = string[];

/**
 * Who could forge proofs under a key: whoever ran the setup, if all of them kept their secrets.
 * - `development`: computed from secrets sampled in one process. For local chains only.
 * - `single-contributor`: from a powers-of-tau ceremony, but with one contribution to phase 2, the builder's own.
 * - `ceremony`: from a powers-of-tau ceremony, with the contributions of a transcript, which anybody can audit.
 */
export type SetupKind = "development" | "single-contributor" | "ceremony";

export interface ProveReturnType {
  readonly proof: Proof;
  readonly publicSignals: PublicSignals;
  /** Wall-clock time of the prover alone. */
  readonly seconds: number;
}
