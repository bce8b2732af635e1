import { bn254 } from "@noble/curves/bn254.js";
import type { G1Point, G2Point, Proof, PublicSignals, VerificationKey } from "../groth16/types.js";
import { isWellFormed } from "../groth16/wellFormed.js";

const { Fp12 } = bn254.fields;
const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;

/**
 * Verifies a proof off chain, in a browser or in Node, as strictly as the contracts do. Takes some tenths of a second.
 *
 * @param verificationKey as snarkjs writes it; whether it is the registered one, {@link fetchModel} checks
 * @param publicSignals as many as the key has, as canonical decimals below the field's order
 * @param proof as snarkjs writes it, its points in their groups and not at infinity
 * @returns false for whatever is not a valid proof, malformed ones included
 * @example
 * ```ts
 * import hre from "hardhat";
 * import { verifyProof } from "torch2circom/client";
 *
 * const { proof, publicSignals } = await hre.torch2circom.prove("iris", { samples: "iris.npz" });
 * console.log(verifyProof(verificationKey, publicSignals, proof)); // true
 * ```
 */
export function verifyProof(
  verificationKey: VerificationKey,
  publicSignals: PublicSignals,
  proof: Proof,
): boolean {
  try {
    return (
      isWellFormed(verificationKey, publicSignals, proof) && holds(verificationKey, publicSignals, proof)
    );
  } catch {
    return false; // A point outside its group, or another type of value.
  }
}

/** e(A, B) = e(alpha, beta) e(inputs, gamma) e(C, delta), where inputs = IC[0] + the sum of signal[i] IC[i + 1]. */
function holds(
  key: VerificationKey,
  publicSignals: PublicSignals,
  { pi_a: a, pi_b: b, pi_c: c }: Proof,
): boolean {
  const terms = publicSignals.map((signal, i) => g1(key.IC[i + 1]).multiplyUnsafe(BigInt(signal)));
  const pairs = [
    { g1: g1(a).negate(), g2: g2(b) },
    { g1: g1(key.vk_alpha_1), g2: g2(key.vk_beta_2) },
    { g1: terms.reduce((sum, term) => sum.add(term), g1(key.IC[0])), g2: g2(key.vk_gamma_2) },
    { g1: g1(c), g2: g2(key.vk_delta_2) },
  ];
  // The pairing with the point at infinity is 1.
  return Fp12.eql(bn254.pairingBatch(pairs.filter((pair) => !pair.g1.is0())), Fp12.ONE);
}

/** @throws Error if the point is not on the curve. A signal that a circuit does not use has the point at infinity. */
function g1([x, y, z]: G1Point) {
  if (z === "0") return G1.ZERO;
  const point = G1.fromAffine({ x: BigInt(x), y: BigInt(y) });
  point.assertValidity();
  return point;
}

/** @throws Error if the point is not in the subgroup */
function g2([[x0, x1], [y0, y1]]: G2Point) {
  const point = G2.fromAffine({
    x: { c0: BigInt(x0), c1: BigInt(x1) },
    y: { c0: BigInt(y0), c1: BigInt(y1) },
  });
  point.assertValidity();
  return point;
}
