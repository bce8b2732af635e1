import { bn254 } from "@noble/curves/bn254.js";
import { invert, mod } from "../../../src/groth16/field.js";
import type { G1Point, Proof, VerificationKey } from "../../../src/groth16/types.js";
import { freshSecret } from "../../../src/phase2/contribute/secret.js";

const { G1, G2, fields } = bn254;

/**
 * A proof of any statement, by whoever knows delta: neither model nor proving key is needed. With A = r·alpha, B = beta/r and
 * C = -IC(signals)/delta, the equation e(A, B) = e(alpha, beta)·e(IC(signals), gamma)·e(C, delta) holds, as gamma is the
 * generator. The factor r is random, so that no two forgeries have a point in common.
 *
 * @param key of whatever circuit
 * @param signals what is claimed: public signals in the key's order
 * @param delta the product of all secrets of the setup's second phase
 */
export function forgeProof(key: VerificationKey, signals: readonly bigint[], delta: bigint): Proof {
  const [constant, ...points] = key.IC.map(g1);
  const sum = signals.reduce(
    (total, signal, i) => (signal === 0n ? total : total.add(points[i].multiply(signal))),
    constant,
  );
  const [[x0, x1], [y0, y1]] = key.vk_beta_2;
  const beta = G2.Point.fromAffine({
    x: fields.Fp2.fromBigTuple([BigInt(x0), BigInt(x1)]),
    y: fields.Fp2.fromBigTuple([BigInt(y0), BigInt(y1)]),
  });
  const r = freshSecret();
  const { x, y } = beta.multiply(invert(r)).toAffine();
  return {
    protocol: "groth16",
    curve: "bn128",
    pi_a: g1Text(g1(key.vk_alpha_1).multiply(r)),
    pi_b: [
      [String(x.c0), String(x.c1)],
      [String(y.c0), String(y.c1)],
      ["1", "0"],
    ],
    pi_c: g1Text(sum.negate().multiply(invert(mod(delta)))),
  };
}

type Point = typeof G1.Point.BASE;

/** A point of a key; a public signal that no constraint reads has the one at infinity. */
function g1([x, y, z]: G1Point): Point {
  return z === "0" ? G1.Point.ZERO : G1.Point.fromAffine({ x: BigInt(x), y: BigInt(y) });
}

function g1Text(point: Point): G1Point {
  const { x, y } = point.toAffine();
  return [String(x), String(y), "1"];
}
