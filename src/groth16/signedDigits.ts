import { encodeScalars, FIELD_ORDER } from "./field.js";

/** Bits of a scalar, and one for the carry of its highest digit. */
export const SCALAR_BITS = 255;

const WORDS = 8;
const ORDER = new Uint32Array(encodeScalars([FIELD_ORDER]).buffer);

/** Above this highest word, the negative of a scalar is the shorter of the two. */
const HALF = ORDER[WORDS - 1] >>> 1;

/** The digits of one window that are not 0: `values[k]` of scalar `indexes[k]`, for k < count. */
export interface WindowDigits {
  readonly indexes: Uint32Array;
  readonly values: Int32Array;
  readonly count: number;
}

/** Scalars as sums `digit_w · 2^(bits·w)`, with digits from -2^(bits-1) to 2^(bits-1). */
export interface SignedDigits {
  readonly bits: number;
  /** From the lowest window to the highest that has a digit. */
  readonly windows: readonly WindowDigits[];
}

/**
 * The signed digits of scalars. One that is more than half of the field's order counts as negative, so that small
 * negative numbers have as few digits as small positive ones.
 *
 * @param scalars 32-byte little-endian elements in [0, r).
 * @param bits of a window, from 2 to 16.
 */
export function signedDigits(scalars: Uint8Array, bits: number): SignedDigits {
  const count = scalars.length / 32;
  // A copy: they may lie at any offset.
  const words = new Uint32Array(new Uint8Array(scalars).buffer);
  const lists = Array.from({ length: Math.ceil(SCALAR_BITS / bits) }, () => new DigitList());
  const most = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  // A word more than there are, so that a window may reach beyond the last.
  const scalar = new Uint32Array(WORDS + 1);
  for (let i = 0; i < count; i++) {
    for (let word = 0; word < WORDS; word++) scalar[word] = words[WORDS * i + word];
    const isNegative = scalar[WORDS - 1] > HALF;
    if (isNegative) negate(scalar);
    let last = WORDS - 1;
    while (last > 0 && scalar[last] === 0) last--;
    let carry = 0;
    for (let bit = 0, window = 0; window < lists.length; bit += bits, window++) {
      if (bit >= 32 * (last + 1) && carry === 0) break;
      const unsigned = (bitsFrom(scalar, bit) & mask) + carry;
      carry = unsigned > most ? 1 : 0;
      const digit = unsigned - carry * 2 * most;
      if (digit !== 0) lists[window].push(i, isNegative ? -digit : digit);
    }
  }
  while (lists.length > 0 && lists[lists.length - 1].count === 0) lists.pop();
  return { bits, windows: lists };
}

class DigitList implements WindowDigits {
  indexes = new Uint32Array(64);
  values = new Int32Array(64);
  count = 0;

  push(index: number, value: number): void {
    if (this.count === this.indexes.length) {
      const { indexes, values } = this;
      this.indexes = new Uint32Array(2 * this.count);
      this.values = new Int32Array(2 * this.count);
      this.indexes.set(indexes);
      this.values.set(values);
    }
    this.indexes[this.count] = index;
    this.values[this.count++] = value;
  }
}

/** r - scalar, in place. */
function negate(scalar: Uint32Array): void {
  let borrow = 0;
  for (let word = 0; word < WORDS; word++) {
    const difference = ORDER[word] - scalar[word] - borrow;
    borrow = difference < 0 ? 1 : 0;
    scalar[word] = difference;
  }
}

/** The 32 bits of a scalar from one of its bits on. */
function bitsFrom(scalar: Uint32Array, bit: number): number {
  const word = bit >>> 5;
  const shift = bit & 31;
  return shift === 0 ? scalar[word] : (scalar[word] >>> shift) | (scalar[word + 1] << (32 - shift));
}
