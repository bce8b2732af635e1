import { bn254 } from "@noble/curves/bn254.js";
import { hexToBytes } from "@noble/hashes/utils.js";
import { need } from "./refused.js";

const { Fp, Fp12 } = bn254.fields;

/** Bytes of affine points, as the files hold them: little-endian coordinates in Montgomery form, G2's with c0 first. */
export const G1_BYTES = 64;
export const G2_BYTES = 128;

const COORDINATE_BYTES = 32;

/** Coordinates are stored times R = 2^256. */
const MONTGOMERY_INVERSE = Fp.inv(Fp.create(1n << 256n));

export type G1 = ReturnType<typeof bn254.G1.Point.fromAffine>;
export type G2 = ReturnType<typeof bn254.G2.Point.fromAffine>;

export const G1_GENERATOR: G1 = bn254.G1.Point.BASE;
export const G2_GENERATOR: G2 = bn254.G2.Point.BASE;

/** A little-endian number of 32 bytes. */
export function littleEndian(bytes: Uint8Array, at = 0): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, COORDINATE_BYTES);
  let value = 0n;
  for (let word = 3; word >= 0; word--) value = (value << 64n) | view.getBigUint64(8 * word, true);
  return value;
}

/** The value of an element that is stored in Montgomery form. */
export function fromMontgomery(stored: bigint): bigint {
  return Fp.mul(stored, MONTGOMERY_INVERSE);
}

/**
 * The coordinates of an affine point: 2 in G1, 4 in G2.
 *
 * @throws Refused if one of them is not below the field's order, so that a point has one form only
 */
export function coordinates(point: Uint8Array, name = "a point"): bigint[] {
  return Array.from({ length: point.length / COORDINATE_BYTES }, (_, i) => {
    const stored = littleEndian(point, COORDINATE_BYTES * i);
    need(stored < Fp.ORDER, `${name} has a coordinate that is not below q`);
    return fromMontgomery(stored);
  });
}

/** The form in which points are hashed: big-endian, in G2 with c1 before c0. */
export function uncompressed(point: Uint8Array, name?: string): Uint8Array {
  const values = coordinates(point, name);
  const order = values.length === 2 ? [0, 1] : [1, 0, 3, 2];
  return hexToBytes(order.map((i) => values[i].toString(16).padStart(64, "0")).join(""));
}

/** A point of G1. @throws Refused if it is not on the curve, or at infinity */
export function g1Point(bytes: Uint8Array, name: string): G1 {
  coordinates(bytes, name);
  return valid(g1Sum(bytes), name, "on the curve");
}

/** A point of G2. @throws Refused if it is not in the subgroup of order r, or at infinity */
export function g2Point(bytes: Uint8Array, name: string): G2 {
  coordinates(bytes, name);
  return valid(g2Sum(bytes), name, "in the subgroup of G2");
}

/** A sum of points on the curve, which may be at infinity (all zero). */
export function g1Sum(bytes: Uint8Array): G1 {
  const [x, y] = coordinates(bytes);
  return bn254.G1.Point.fromAffine({ x, y });
}

/** A sum of points on the curve of G2, which may be at infinity (all zero), or outside of the subgroup. */
export function g2Sum(bytes: Uint8Array): G2 {
  const [x0, x1, y0, y1] = coordinates(bytes);
  return bn254.G2.Point.fromAffine({ x: { c0: x0, c1: x1 }, y: { c0: y0, c1: y1 } });
}

function valid<Point extends { is0(): boolean; assertValidity(): void }>(
  point: Point,
  name: string,
  where: string,
): Point {
  need(!point.is0(), `${name} is the point at infinity`);
  try {
    point.assertValidity();
  } catch {
    need(false, `${name} is not ${where}`);
  }
  return point;
}

/** Whether the product of the pairings e(a, b) is 1. A pairing with the point at infinity is. */
export function isPairingOne(pairs: readonly (readonly [G1, G2])[]): boolean {
  const finite = pairs.filter(([g1, g2]) => !g1.is0() && !g2.is0());
  return Fp12.eql(bn254.pairingBatch(finite.map(([g1, g2]) => ({ g1, g2 }))), Fp12.ONE);
}
