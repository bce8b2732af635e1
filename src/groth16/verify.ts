import { runInThread } from "../progress/thread.js";
import { SNARKJS_THREAD } from "./snarkjsLog.js";
import { BASE_FIELD_ORDER, FIELD_ORDER } from "./field.js";
import type { Proof, PublicSignals, VerificationKey } from "./types.js";
import type { VerificationRun } from "./verifyThread.js";

/**
 * Verifies a proof off chain with snarkjs, as strictly as the contracts do: the number of public signals must be the
 * key's (snarkjs itself ignores missing ones), every number must be the canonical decimal of a value in its field, and
 * B must lie in the subgroup.
 *
 * @returns false for whatever is not a valid proof, malformed ones included.
 */
export async function verify(
  verificationKey: VerificationKey,
  publicSignals: PublicSignals,
  proof: Proof,
): Promise<boolean> {
  const { nPublic, IC } = verificationKey;
  if (publicSignals.length !== nPublic || IC.length !== nPublic + 1) return false;
  if (!publicSignals.every((signal) => isCanonical(signal, FIELD_ORDER))) return false;
  if (!isWellFormed(proof)) return false;
  const run: VerificationRun = { verificationKey, publicSignals, proof };
  // To load snarkjs and start its curve takes much longer than to verify.
  return runInThread<boolean>(new URL("./verifyThread.js", import.meta.url), run, {
    ...SNARKJS_THREAD,
    warm: true,
  });
}

/** Affine points with canonical coordinates. A proof with the point at infinity is refused: no honest prover makes one. */
function isWellFormed({ protocol, curve, pi_a: a, pi_b: b, pi_c: c }: Proof): boolean {
  if (protocol !== "groth16" || curve !== "bn128") return false;
  const coordinates = [a[0], a[1], ...b[0], ...b[1], c[0], c[1]];
  const last = [a[2], b[2][0], b[2][1], c[2]].join();
  return last === "1,1,0,1" && coordinates.every((coordinate) => isCanonical(coordinate, BASE_FIELD_ORDER));
}

function isCanonical(text: string, order: bigint): boolean {
  return /^(0|[1-9]\d{0,77})$/.test(text) && BigInt(text) < order;
}
