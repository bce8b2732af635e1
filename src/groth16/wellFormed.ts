import { BASE_FIELD_ORDER, FIELD_ORDER } from "./field.js";
import type { Proof, PublicSignals, VerificationKey } from "./types.js";

/**
 * Whether a proof and its signals have the form that the contracts take: as many signals as the key has (snarkjs
 * ignores missing ones), every number the canonical decimal of a value in its field, and affine points. The point at
 * infinity is refused: no honest prover makes one.
 */
export function isWellFormed(
  { nPublic, IC }: VerificationKey,
  publicSignals: PublicSignals,
  { protocol, curve, pi_a: a, pi_b: b, pi_c: c }: Proof,
): boolean {
  if (publicSignals.length !== nPublic || IC.length !== nPublic + 1) return false;
  if (!publicSignals.every((signal) => isCanonical(signal, FIELD_ORDER))) return false;
  if (protocol !== "groth16" || curve !== "bn128") return false;
  const coordinates = [a[0], a[1], ...b[0], ...b[1], c[0], c[1]];
  const last = [a[2], b[2][0], b[2][1], c[2]].join();
  return last === "1,1,0,1" && coordinates.every((coordinate) => isCanonical(coordinate, BASE_FIELD_ORDER));
}

function isCanonical(text: string, order: bigint): boolean {
  return /^(0|[1-9]\d{0,77})$/.test(text) && BigInt(text) < order;
}
