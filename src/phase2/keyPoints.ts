import { ELEMENT_BYTES } from "../groth16/fieldVectors.js";
import { randomBits } from "../groth16/random.js";
import { KeySums, type KeySumsParameters, type Polynomial } from "./keySums.js";
import { type G1, G1_GENERATOR, g1Point, type G2, G2_GENERATOR, g2Point, isPairingOne } from "./points.js";
import { randomWeights, WEIGHT_BYTES } from "./randomWeights.js";
import { Refused } from "./refused.js";

/** The sections of points, in the order in which they are reported. */
export const POINT_SECTIONS = ["A", "B1", "B2", "IC", "C", "H"] as const;

export type PointSection = (typeof POINT_SECTIONS)[number];

/** Why a section is refused; none for one that is the circuit's. */
export type PointFindings = Readonly<Partial<Record<PointSection, string>>>;

export interface KeyPointsParameters extends Omit<KeySumsParameters, "onPoints"> {
  /** In its subgroup, and not at infinity. */
  readonly delta2: G2;
  /** Gets the fraction that is done. */
  readonly onProgress?: (fraction: number) => void;
}

/** Sums of a key's points, each with the weight of its wire or of its place in the domain. */
interface Sums {
  readonly A: G1;
  readonly B1: G1;
  readonly B2: G2;
  readonly IC: G1;
  readonly C: G1;
  readonly H: G1;
}

/**
 * Checks all points of a key against a constraint system and powers of tau, without an initial key.
 *
 * In the key of J. Groth, EUROCRYPT 2016, section 3.2, each wire i has, with the polynomials a_i, b_i, c_i that take
 * the columns of the constraint system as values on the domain of size n, and l public signals:
 *
 *     A_i = a_i(tau)·G1    B1_i = b_i(tau)·G1    B2_i = b_i(tau)·G2
 *     IC_i = (beta·a_i + alpha·b_i + c_i)(tau)·G1    for i ≤ l    C_i = the same over delta    for i > l
 *
 * and each j < n has H_j = L'_{2j+1}(tau)/delta·G1, with the Lagrange polynomials L' of the domain of size 2n.
 * With random weights x_i and y_j of 128 bits, which are drawn once the file is fixed, and with the polynomials
 * u = Σ x_i a_i, v = Σ x_i b_i, w = Σ x_i c_i and h = Σ y_j L'_{2j+1}, all of it is five equations:
 *
 *     Σ x_i A_i = u(tau)·G1    Σ x_i B1_i = v(tau)·G1    e(Σ x_i B1_i, G2) = e(G1, Σ x_i B2_i)
 *     e(Σ x_i C_i, delta2) · e(Σ x_i IC_i, G2) = e(Σ x_i A_i, beta2) · e(alpha1, Σ x_i B2_i) · e(w(tau)·G1, G2)
 *     e(Σ y_j H_j, delta2) = e(h(tau)·G1, G2)
 *
 * All but the third are added up with random factors, so that the powers of tau are summed once. Each step hides a
 * wrong point with a chance of at most 2^-128, all of them together of less than 2^-124. If the equations do not
 * hold, each is checked alone, to name the section.
 *
 * @returns what is wrong, by section.
 * @throws Refused if a power of tau is not on the curve.
 */
export async function verifyKeyPoints(parameters: KeyPointsParameters): Promise<PointFindings> {
  const { wires, publics, domainSize } = parameters.key.header;
  // Of all points that are added up: A, B1 and B2, IC and C, H, and twice as many powers of tau.
  const total = 4 * wires + 3 * domainSize;
  let done = 0;
  const onPoints = (count: number) => parameters.onProgress?.(Math.min(1, (done += count) / total));
  const sums = new KeySums({ ...parameters, onPoints });
  const x = randomWeights(wires);
  const y = randomWeights(domainSize);
  const findings: Partial<Record<PointSection, string>> = {};
  const found = {} as { -readonly [Name in PointSection]: Sums[Name] };
  const add = async <Name extends PointSection>(name: Name, sum: Promise<Sums[Name]>): Promise<void> => {
    try {
      found[name] = await sum;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      findings[name] = error.message;
    }
  };
  const firstPrivate = WEIGHT_BYTES * (publics + 1);
  await Promise.all([
    add("A", sums.section("A", x)),
    add("B1", sums.section("B1", x)),
    add("B2", sums.sectionB2(x)),
    add("IC", sums.section("IC", x.subarray(0, firstPrivate))),
    add("C", sums.section("C", x.subarray(firstPrivate))),
    add("H", sums.section("H", y)),
  ]);
  const isWhole = Object.keys(findings).length === 0;
  if (isWhole && (await holdTogether(parameters, sums, found, { x, y }))) return {};
  return { ...(await checkEach(parameters, sums, found, { x, y })), ...findings };
}

interface Weights {
  /** Of the wires. */
  readonly x: Uint8Array;
  /** Of the domain. */
  readonly y: Uint8Array;
}

/** Whether all equations hold. The names are those of {@link verifyKeyPoints}. */
async function holdTogether(
  { powers, delta2 }: KeyPointsParameters,
  sums: KeySums,
  { A, B1, B2, IC, C, H }: Sums,
  { x, y }: Weights,
): Promise<boolean> {
  const { field } = sums;
  const [forC, forA, forB1] = [0, 1, 2].map(() => randomBits(8 * WEIGHT_BYTES));
  const u = sums.columnValues("A", x);
  const all = { at: field.zeros(u.size), size: u.size };
  addMultiple(sums, all, u, forA);
  addMultiple(sums, all, sums.columnValues("B", x), forB1);
  addMultiple(sums, all, sums.columnValues("C", x), forC);
  const h = sums.interpolate(sums.oddValues(y));
  addMultiple(sums, h, sums.interpolate(all), 1n);
  const right = await sums.atTau(h);
  const times = (point: G1, factor: bigint): G1 => point.multiplyUnsafe(factor);
  const alpha1 = g1Point(powers.alpha1, "alpha1");
  const beta2 = g2Point(powers.beta2, "beta2");
  const left = times(IC, forC).add(times(A, forA)).add(times(B1, forB1));
  return (
    isSameInBoth(B1, B2) &&
    isPairingOne([
      [H.add(times(C, forC)), delta2],
      [times(A, forC).negate(), beta2],
      [times(alpha1, forC).negate(), B2],
      [left.subtract(right), G2_GENERATOR],
    ])
  );
}

/** Adds a multiple of a polynomial's elements to those of another, which are at least as many. */
function addMultiple({ field }: KeySums, sum: Polynomial, { at, size }: Polynomial, factor: bigint): void {
  const factorAt = field.constants([factor]);
  for (let i = 0; i < size; i++)
    field.addProduct(sum.at + ELEMENT_BYTES * i, at + ELEMENT_BYTES * i, factorAt, factor === 1n ? 1 : 0);
}

/** Whether two points are the same multiple of the generators. */
function isSameInBoth(g1: G1, g2: G2): boolean {
  return isPairingOne([
    [g1, G2_GENERATOR],
    [G1_GENERATOR.negate(), g2],
  ]);
}

/** Checks each section alone, against what the circuit says of the others. A sum that is missing is not checked. */
async function checkEach(
  { powers, delta2, key }: KeyPointsParameters,
  sums: KeySums,
  { A, B1, B2, IC, C, H }: Partial<Sums>,
  { x, y }: Weights,
): Promise<PointFindings> {
  const wrong = "not the circuit's";
  const columns = (matrix: "A" | "B" | "C", weights: Uint8Array): Promise<G1> =>
    sums.atTau(sums.interpolate(sums.columnValues(matrix, weights)));
  const u = await columns("A", x);
  const v = await columns("B", x);
  const w = await columns("C", x);
  const h = await sums.atTau(sums.interpolate(sums.oddValues(y)));
  const findings: Partial<Record<PointSection, string>> = {};
  if (A && !A.equals(u)) findings.A = wrong;
  if (B1 && !B1.equals(v)) findings.B1 = wrong;
  if (B2 && !isSameInBoth(v, B2)) findings.B2 = wrong;
  if (H && !isRatio(H, delta2, h)) findings.H = wrong;
  if (B2 === undefined || findings.B2 !== undefined)
    return { ...findings, IC: "not checked: B2 is needed for it", C: "not checked: B2 is needed for it" };
  const alpha1 = g1Point(powers.alpha1, "alpha1");
  const beta2 = g2Point(powers.beta2, "beta2");
  const holds = (left: readonly [G1, G2], b: G2, a: G1, c: G1): boolean =>
    isPairingOne([left, [a.negate(), beta2], [alpha1.negate(), b], [c.negate(), G2_GENERATOR]]);
  const publics = WEIGHT_BYTES * (key.header.publics + 1);
  const xPublic = x.slice().fill(0, publics);
  const uPublic = await columns("A", xPublic);
  const wPublic = await columns("C", xPublic);
  const bPublic = await sums.sectionB2(x.subarray(0, publics));
  if (IC && !holds([IC, G2_GENERATOR], bPublic, uPublic, wPublic)) findings.IC = wrong;
  const bPrivate = B2.subtract(bPublic);
  if (C && !holds([C, delta2], bPrivate, u.subtract(uPublic), w.subtract(wPublic)))
    findings.C = "not the circuit's over delta";
  return findings;
}

/** Whether e(left, delta2) = e(right, G2). */
function isRatio(left: G1, delta2: G2, right: G1): boolean {
  return isPairingOne([
    [left, delta2],
    [right.negate(), G2_GENERATOR],
  ]);
}
