import type { Curve } from "snarkjs";
import type { CurveGroup } from "../curveGroup.js";
import { allocate } from "../curveMemory.js";
import { type SignedDigits, signedDigits, type WindowDigits } from "../signedDigits.js";
import { BucketSums } from "./bucketSums.js";

/** Points that are handled at once, which bounds the memory beside them. */
export const CHUNK = 2 ** 17;

/** The digits of scalars, {@link CHUNK} by CHUNK. */
export function digitsOf(scalars: Uint8Array, bits: number): SignedDigits[] {
  return Array.from({ length: Math.ceil(scalars.length / (32 * CHUNK)) }, (_, i) =>
    signedDigits(scalars.subarray(32 * CHUNK * i, 32 * CHUNK * (i + 1)), bits),
  );
}

/** The widest window: 2^15 buckets. */
const MOST_BUCKETS = 2 ** 15;

/**
 * Sums of multiples of points, by N. Pippenger's buckets: in each window, points with the same digit are added up
 * first. Nearly all scalars of a witness are bits: their points are one bucket, a plain sum.
 */
export class MultiScalarMultiplication {
  private readonly buckets: BucketSums;
  private readonly keys: Uint32Array;
  private readonly points: Uint32Array;
  private readonly sums: number;
  private readonly total: number;
  private readonly running: number;
  private readonly part: number;
  private readonly operation: (name: string) => (...args: number[]) => unknown;

  /** @param count of points that are added up at once, at most {@link CHUNK}. */
  constructor(
    private readonly curve: Curve,
    private readonly group: CurveGroup,
    count: number,
  ) {
    this.operation = (name) => curve.tm.instance.exports[`${group.name.toLowerCase()}m_${name}`];
    this.buckets = new BucketSums(curve, group, (count >> 1) + MOST_BUCKETS + 1);
    this.keys = new Uint32Array(Math.max(count, 2 * MOST_BUCKETS));
    this.points = new Uint32Array(this.keys.length);
    const place = allocate(curve.tm, 12 * group.elementBytes);
    [this.sums, this.total, this.running, this.part] = [0, 1, 2, 3].map(
      (i) => place + 3 * i * group.elementBytes,
    );
  }

  /**
   * @param chunks of {@link digitsOf} the scalars.
   * @param addresses of their points, 0 for infinity.
   * @returns the sum of all multiples, in Jacobian coordinates.
   */
  sum(chunks: readonly SignedDigits[], addresses: Uint32Array): Uint8Array {
    this.operation("zero")(this.sums);
    for (const [i, { bits, windows }] of chunks.entries()) {
      this.operation("zero")(this.total);
      for (let window = windows.length - 1; window >= 0; window--) {
        for (let bit = 0; bit < bits; bit++) this.operation("double")(this.total, this.total);
        this.addWindow(windows[window], bits, addresses.subarray(CHUNK * i));
      }
      this.operation("add")(this.sums, this.total, this.sums);
    }
    return this.curve.tm.getBuff(this.sums, 3 * this.group.elementBytes);
  }

  /** Adds `digit · point` of all digits to the total. */
  private addWindow({ indexes, values, count }: WindowDigits, bits: number, addresses: Uint32Array): void {
    const { keys, points } = this;
    this.buckets.clear();
    let given = 0;
    for (let k = 0; k < count; k++) {
      const address = addresses[indexes[k]];
      if (address === 0) continue;
      keys[given] = Math.abs(values[k]);
      points[given++] = values[k] < 0 ? address + 1 : address;
    }
    const sums = this.buckets.add(keys, points, given, 2 ** (bits - 1) + 1);
    // Of a digit high · 2^lowBits + low, either part has few values.
    const lowBits = bits >> 1;
    const lows = 2 ** lowBits;
    given = 0;
    for (let digit = 1; digit < sums.length; digit++) {
      if (sums[digit] === 0) continue;
      const low = digit % lows;
      if (low !== 0) {
        keys[given] = low;
        points[given++] = sums[digit];
      }
      if (digit >= lows) {
        keys[given] = lows + (digit - low) / lows;
        points[given++] = sums[digit];
      }
    }
    const parts = this.buckets.add(keys, points, given, lows + 2 ** (bits - 1 - lowBits) + 1);
    this.operation("zero")(this.part);
    this.addWeighted(parts.subarray(lows));
    for (let bit = 0; bit < lowBits; bit++) this.operation("double")(this.part, this.part);
    this.addWeighted(parts.subarray(0, lows));
    this.operation("add")(this.total, this.part, this.total);
  }

  /** Adds `i · points[i]` of all points to the part. */
  private addWeighted(points: Uint32Array): void {
    this.operation("zero")(this.running);
    for (let i = points.length - 1; i > 0; i--) {
      const point = points[i];
      if (point !== 0)
        this.operation((point & 1) === 1 ? "subMixed" : "addMixed")(
          this.running,
          point - (point & 1),
          this.running,
        );
      this.operation("add")(this.part, this.running, this.part);
    }
  }
}
