import type { Curve } from "snarkjs";
import { AffineSums } from "../affineSums.js";
import type { CurveGroup } from "../curveGroup.js";
import { allocate } from "../curveMemory.js";

/**
 * Sums of many points in many buckets, by affine sums of pairs: a round halves the points of all buckets.
 *
 * A point is given by the address of its coordinates, a multiple of 4, plus 1 for its negative. Infinity is 0.
 */
export class BucketSums {
  private readonly sums: AffineSums;
  private readonly isZero: (point: number) => unknown;
  private readonly place: number;
  private used = 0;

  /** @param capacity how many sums of two given points there are at most between two calls of {@link clear}. */
  constructor(
    private readonly curve: Curve,
    private readonly group: CurveGroup,
    capacity: number,
  ) {
    this.sums = new AffineSums(curve, group);
    this.isZero = curve.tm.instance.exports[`${group.name.toLowerCase()}m_isZeroAffine`];
    this.place = allocate(curve.tm, capacity * group.pointBytes);
  }

  /** Gives up the sums of before. */
  clear(): void {
    this.used = 0;
  }

  /**
   * Adds up `count` points.
   *
   * @param keys the bucket of each point, less than `buckets`.
   * @returns the sum of each bucket, good until the next {@link clear}.
   */
  add(keys: Uint32Array, points: Uint32Array, count: number, buckets: number): Uint32Array {
    const starts = new Uint32Array(buckets + 1);
    for (let i = 0; i < count; i++) starts[keys[i] + 1]++;
    for (let b = 0; b < buckets; b++) starts[b + 1] += starts[b];
    const sorted = new Uint32Array(count);
    const ends = starts.slice(0, buckets);
    for (let i = 0; i < count; i++) sorted[ends[keys[i]]++] = points[i];
    // What was given may be needed again. Sums of this call may not.
    const own = this.place + this.used * this.group.pointBytes;
    for (let isDone = false; !isDone;) {
      isDone = true;
      for (let b = 0; b < buckets; b++) {
        const end = ends[b];
        if (end - starts[b] < 2) continue;
        ends[b] = this.addPairs(sorted, starts[b], end, own);
        isDone &&= ends[b] - starts[b] < 2;
      }
      this.sums.flush();
    }
    return ends.map((end, b) =>
      end === starts[b] || this.isInfinite(sorted[starts[b]]) ? 0 : sorted[starts[b]],
    );
  }

  /** @returns where the sums of the pairs end, which begin where the points do. */
  private addPairs(points: Uint32Array, start: number, end: number, own: number): number {
    let out = start;
    for (let i = start; i + 1 < end; i += 2) points[out++] = this.addPair(points[i], points[i + 1], own);
    if ((end - start) % 2 === 1) points[out++] = points[end - 1];
    return out;
  }

  private addPair(left: number, right: number, own: number): number {
    const end = this.place + this.used * this.group.pointBytes;
    const isLeftOwn = left >= own && left < end;
    const isRightOwn = right >= own && right < end;
    // Only sums can be infinite.
    if (isLeftOwn && this.isInfinite(left)) return right;
    if (isRightOwn && this.isInfinite(right)) return left;
    const out = isLeftOwn ? left : isRightOwn ? right : this.take();
    // The sum has the sign of the left one.
    this.sums.push(left - (left & 1), right - (right & 1), out - (out & 1), ((left ^ right) & 1) === 1);
    return out - (out & 1) + (left & 1);
  }

  private isInfinite(point: number): boolean {
    // Nearly always the first word shows that it is not.
    return this.curve.tm.u32[point >>> 2] === 0 && this.isZero(point - (point & 1)) === 1;
  }

  private take(): number {
    return this.place + this.used++ * this.group.pointBytes;
  }
}
