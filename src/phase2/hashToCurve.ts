import { bn254 } from "@noble/curves/bn254.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { fromMontgomery, type G1, type G2 } from "./points.js";

const { Fp, Fp2, Fr } = bn254.fields;

type Fp2Element = ReturnType<typeof Fp2.create>;

const B1 = 3n;
const B2 = Fp2.div(Fp2.fromBigTuple([3n, 0n]), Fp2.fromBigTuple([9n, 1n]));

/** |E'(Fq2)| = r · (2q - r). */
const G2_COFACTOR = 2n * Fp.ORDER - Fr.ORDER;

const ELEMENT_BITS = 254n;
const HALF = (Fp.ORDER - 1n) / 2n;

/**
 * The stream of D. J. Bernstein's ChaCha20 (64-bit counter and nonce, both 0), as numbers of 32 bits.
 *
 * @param seed of which the first 32 bytes are the key, as 8 big-endian numbers (not little-endian, as in RFC 8439).
 */
export function* chaCha20(seed: Uint8Array): Generator<number, never> {
  const view = new DataView(seed.buffer, seed.byteOffset, 32);
  const state = Uint32Array.from([
    ...[0x61707865, 0x3320646e, 0x79622d32, 0x6b206574],
    ...Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i)),
    ...[0, 0, 0, 0],
  ]);
  for (;;) {
    const block = state.slice();
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 4; i++) quarterRound(block, i, 4 + i, 8 + i, 12 + i);
      for (let i = 0; i < 4; i++)
        quarterRound(block, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
    }
    for (let i = 0; i < 16; i++) yield (block[i] + state[i]) >>> 0;
    if (++state[12] === 0) state[13]++;
  }
}

function quarterRound(x: Uint32Array, a: number, b: number, c: number, d: number): void {
  const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
  x[a] += x[b];
  x[d] = rotate(x[d] ^ x[a], 16);
  x[c] += x[d];
  x[b] = rotate(x[b] ^ x[c], 12);
  x[a] += x[b];
  x[d] = rotate(x[d] ^ x[a], 8);
  x[c] += x[d];
  x[b] = rotate(x[b] ^ x[c], 7);
}

/** Random choices as phase 2 of snarkjs 0.7 draws them from a stream. */
class Draws {
  private readonly stream: Generator<number, never>;

  constructor(seed: Uint8Array) {
    this.stream = chaCha20(seed);
  }

  /** The bits of an element's Montgomery form: four words, least first, each with its high half first. */
  bits(order: bigint): bigint {
    for (;;) {
      let bits = 0n;
      for (let word = 0n; word < 4n; word++) {
        const high = BigInt(this.stream.next().value);
        bits |= ((high << 32n) | BigInt(this.stream.next().value)) << (64n * word);
      }
      bits = BigInt.asUintN(Number(ELEMENT_BITS), bits);
      if (bits < order) return bits;
    }
  }

  coordinate(): bigint {
    return fromMontgomery(this.bits(Fp.ORDER));
  }

  scalar(): bigint {
    return Fr.div(this.bits(Fr.ORDER), Fr.create(1n << 256n));
  }

  isGreater(): boolean {
    return (this.stream.next().value & 1) === 1;
  }

  g1(): G1 {
    for (;;) {
      const x = this.coordinate();
      const isGreater = this.isGreater();
      const root = squareRoot(Fp, Fp.add(Fp.mul(Fp.sqr(x), x), B1));
      if (root === undefined) continue;
      const y = root > HALF === isGreater ? root : Fp.neg(root);
      return bn254.G1.Point.fromAffine({ x, y });
    }
  }

  g2(): G2 {
    for (;;) {
      const x = Fp2.fromBigTuple([this.coordinate(), this.coordinate()]);
      const isGreater = this.isGreater();
      const root = squareRoot(Fp2, Fp2.add(Fp2.mul(Fp2.sqr(x), x), B2));
      if (root === undefined) continue;
      const y = isGreaterHalf(root) === isGreater ? root : Fp2.neg(root);
      return clearCofactor(bn254.G2.Point.fromAffine({ x, y }));
    }
  }
}

/**
 * The point of G2 that a transcript stands for: nobody knows its discrete logarithm.
 *
 * @param transcript of which the first 32 bytes count.
 */
export function hashToG2(transcript: Uint8Array): G2 {
  return new Draws(transcript).g2();
}

/**
 * The secret and the point `g1_s` that a beacon gives: everybody can compute them, once the value is known.
 *
 * @param value the public random value.
 * @param exponent sha256 is applied 2^exponent times; the caller bounds it.
 */
export function beaconSecret(value: Uint8Array, exponent: number): { secret: bigint; g1s: G1 } {
  let hash = value;
  for (let i = 0; i < 2 ** exponent; i++) hash = sha256(hash);
  const draws = new Draws(hash);
  return { secret: draws.scalar(), g1s: draws.g1() };
}

/** Of the two square roots the one with the greater c1, or c0 if c1 is 0. */
function isGreaterHalf({ c0, c1 }: Fp2Element): boolean {
  return c1 === 0n ? c0 > HALF : c1 > HALF;
}

function squareRoot<Element>(
  field: { sqrt(element: Element): Element },
  element: Element,
): Element | undefined {
  try {
    return field.sqrt(element);
  } catch {
    return undefined; // Not a square.
  }
}

/** The cofactor exceeds r, and noble multiplies by less than r: by its half, twice. */
function clearCofactor(point: G2): G2 {
  return point
    .multiplyUnsafe(G2_COFACTOR >> 1n)
    .double()
    .add(point);
}
