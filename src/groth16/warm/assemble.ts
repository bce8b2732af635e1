import type { Curve } from "snarkjs";
import { mod } from "../field.js";
import type { Proof } from "../types.js";
import type { KeyHeader } from "./keyFile.js";

/** The sums of a proof, one for each section of points in the key. */
export interface ProofSums {
  readonly a: Uint8Array;
  readonly b1: Uint8Array;
  readonly b2: Uint8Array;
  readonly c: Uint8Array;
  /** The quotient's, in shares. */
  readonly quotient: readonly Uint8Array[];
}

/**
 * The proof of J. Groth, EUROCRYPT 2016, section 3.2.
 *
 * @param r secret and uniform, as s is: they hide the witness, and serve no other proof.
 */
export function assemble(
  { G1, G2 }: Curve,
  { alpha1, beta1, beta2, delta1, delta2 }: KeyHeader,
  sums: ProofSums,
  { r, s }: { readonly r: bigint; readonly s: bigint },
): Proof {
  const a = G1.add(G1.add(sums.a, alpha1), G1.timesScalar(delta1, r));
  const b = G2.add(G2.add(sums.b2, beta2), G2.timesScalar(delta2, s));
  const b1 = G1.add(G1.add(sums.b1, beta1), G1.timesScalar(delta1, s));
  const c = [
    ...sums.quotient,
    G1.timesScalar(a, s),
    G1.timesScalar(b1, r),
    G1.timesScalar(delta1, mod(-r * s)),
  ].reduce((sum, point) => G1.add(sum, point), sums.c);
  return {
    pi_a: texts(G1, a) as Proof["pi_a"],
    pi_b: texts(G2, b) as Proof["pi_b"],
    pi_c: texts(G1, c) as Proof["pi_c"],
    protocol: "groth16",
    curve: "bn128",
  };
}

/** Coordinates in decimal. */
function texts(group: Curve["G1"], point: Uint8Array): unknown {
  return JSON.parse(
    JSON.stringify(group.toObject(group.toAffine(point)), (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    ),
  );
}
