import { blake2b } from "@noble/hashes/blake2.js";
import { hexToBytes } from "@noble/hashes/utils.js";
import { randomBits } from "../groth16/random.js";
import { type Contribution, type Contributions, hashedBytes } from "./contributions.js";
import { equalBytes } from "./equalBytes.js";
import { beaconSecret, hashToG2 } from "./hashToCurve.js";
import type { KeyHeader } from "./keyFile.js";
import {
  type G1,
  G1_GENERATOR,
  type G2,
  G2_GENERATOR,
  g1Point,
  g2Point,
  isPairingOne,
  uncompressed,
} from "./points.js";
import { need } from "./refused.js";

type Hash = ReturnType<typeof blake2b.create>;

/** Enough that a false equation passes with a chance of 2^-128. */
const WEIGHT_BITS = 128;

/**
 * Checks the contributions of a key, with arithmetic that shares nothing with snarkjs: S. Bowe, A. Gabizon, I. Miers,
 * "Scalable Multi-party Computation for zk-SNARK Parameters in the Random Beacon Model" (2017), as snarkjs writes it.
 * With the secret x of a contribution, delta = x · (delta before), and h = hashToG2(transcript):
 *
 * - all points are on the curve, those of G2 in the subgroup, none at infinity;
 * - transcript = blake2b512(circuitHash, all earlier contributions, g1_s, g1_sx);
 * - x is neither 1 nor -1: g1_sx ≠ ±g1_s;
 * - the contributor knew x: e(g1_s, g2_spx) = e(g1_sx, h);
 * - delta follows: e(delta before, g2_spx) = e(delta, h);
 * - a beacon's g1_s and x are those of its public value.
 *
 * @param contributions of the key, in order; not empty.
 * @param trusted how many of them, the first, were checked before: only their hashes are computed. @default 0
 * @throws Refused that names the contribution
 */
export function verifyChain({ circuitHash, contributions }: Contributions, trusted = 0): void {
  const before = blake2b.create({}).update(hexToBytes(circuitHash));
  let delta = G1_GENERATOR;
  for (const [i, contribution] of contributions.entries()) {
    const name = `contribution ${i + 1}`;
    delta =
      i < trusted
        ? g1Point(contribution.deltaAfter, `${name}: delta`)
        : verifyContribution(contribution, before, delta, name);
    before.update(hashedBytes(contribution));
  }
}

/** @returns delta after the contribution */
function verifyContribution(contribution: Contribution, before: Hash, delta: G1, name: string): G1 {
  const { transcript, beacon } = contribution;
  const after = g1Point(contribution.deltaAfter, `${name}: delta`);
  const s = g1Point(contribution.g1s, `${name}: g1_s`);
  const sx = g1Point(contribution.g1sx, `${name}: g1_sx`);
  const spx = g2Point(contribution.g2spx, `${name}: g2_spx`);
  const hash = before.clone().update(uncompressed(contribution.g1s)).update(uncompressed(contribution.g1sx));
  need(equalBytes(hash.digest(), transcript), `${name}: its transcript is not that of what comes before`);
  need(!sx.equals(s) && !sx.equals(s.negate()), `${name}: its secret is 1 or -1`);
  const h = hashToG2(transcript);
  const weight = randomBits(WEIGHT_BITS);
  // Both equations at once, then one by one for the reason.
  const holds = (left: G1, right: G1): boolean =>
    isPairingOne([
      [left, spx],
      [right.negate(), h],
    ]);
  if (!holds(s.add(delta.multiplyUnsafe(weight)), sx.add(after.multiplyUnsafe(weight)))) {
    need(holds(s, sx), `${name}: its proof of knowledge fails`);
    need(false, `${name}: delta does not follow from the one before`);
  }
  if (beacon !== undefined) {
    const expected = beaconSecret(hexToBytes(beacon.hash), beacon.exponent);
    const isBeacon = s.equals(expected.g1s) && sx.equals(s.multiplyUnsafe(expected.secret));
    need(isBeacon, `${name}: its secret is not the beacon's`);
  }
  return after;
}

/**
 * Checks that a key's delta is the last contribution's, in both groups, and that it is neither gamma nor -gamma, under
 * which anybody can forge (gamma is 1).
 *
 * @returns delta2, in its subgroup.
 * @throws Refused if it is not
 */
export function verifyDelta(
  { delta1, delta2 }: Pick<KeyHeader, "delta1" | "delta2">,
  contributions: readonly Contribution[],
): G2 {
  const last = contributions.at(-1);
  need(last !== undefined, "contributions: there are none, so that anybody can forge proofs");
  need(equalBytes(last.deltaAfter, delta1), "delta1 is not the last contribution's");
  const first = g1Point(delta1, "delta1");
  const second = g2Point(delta2, "delta2");
  const isSame = isPairingOne([
    [first, G2_GENERATOR],
    [G1_GENERATOR.negate(), second],
  ]);
  need(isSame, "delta1 and delta2 differ");
  const isGamma = first.equals(G1_GENERATOR) || first.equals(G1_GENERATOR.negate());
  need(!isGamma, "delta is gamma or -gamma, so that anybody can forge proofs");
  return second;
}
