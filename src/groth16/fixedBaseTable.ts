import type { Curve } from "snarkjs";
import { AffineSums } from "./affineSums.js";
import type { CurveGroup } from "./curveGroup.js";
import { allocate, BATCH } from "./curveMemory.js";
import { SCALAR_BITS, signedDigits } from "./signedDigits.js";

/** The width of the window that takes the fewest sums for the table and `count` products together, from 3 to 16 bits. */
export function windowBits(count: number): number {
  const sums = (bits: number): number => Math.ceil(SCALAR_BITS / bits) * (2 ** (bits - 1) + count);
  const widths = Array.from({ length: 14 }, (_, i) => i + 3);
  return widths.reduce((best, bits) => (sums(bits) < sums(best) ? bits : best));
}

/**
 * Windowed multiplication of one fixed point: a table holds `d · 2^(bits·w) · G` for each window `w` and digit `d`, so
 * that a product takes one sum per window (Brickell, Gordon, McCurley, Wilson, EUROCRYPT 1992). Digits have a sign,
 * which halves the table. The sums of many products, window by window, share their inversions.
 */
export class FixedBaseTable {
  private readonly windows: number;
  private readonly most: number;
  private readonly table: number;
  private readonly points: number;
  private readonly sums: AffineSums;

  /** @param bits of a window, from 3 to 16. */
  constructor(
    private readonly curve: Curve,
    private readonly group: CurveGroup,
    private readonly bits: number,
  ) {
    this.windows = Math.ceil(SCALAR_BITS / bits);
    this.most = 2 ** (bits - 1);
    this.table = allocate(curve.tm, this.windows * this.most * group.pointBytes);
    this.points = allocate(curve.tm, BATCH * group.pointBytes);
    this.sums = new AffineSums(curve, group);
    this.fill();
  }

  /**
   * @param scalars at most {@link BATCH} 32-byte little-endian elements in [0, r).
   * @returns affine points, one after the other; the point at infinity is all zero.
   */
  multiply(scalars: Uint8Array): Uint8Array {
    const { tm } = this.curve;
    const { pointBytes, elementBytes, field } = this.group;
    const count = scalars.length / 32;
    const copy = tm.instance.exports[`${this.group.name.toLowerCase()}m_copyAffine`];
    const negate = tm.instance.exports[`${field}_neg`];
    tm.u8.fill(0, this.points, this.points + count * pointBytes);
    const isStarted = new Uint8Array(count);
    for (const [window, digits] of signedDigits(scalars, this.bits).windows.entries()) {
      for (let k = 0; k < digits.count; k++) {
        const i = digits.indexes[k];
        const digit = digits.values[k];
        const entry = this.entry(window, Math.abs(digit));
        const point = this.points + i * pointBytes;
        if (isStarted[i] === 1) {
          this.sums.push(point, entry, point, digit < 0);
          continue;
        }
        copy(entry, point);
        if (digit < 0) negate(point + elementBytes, point + elementBytes);
        isStarted[i] = 1;
      }
      this.sums.flush();
    }
    return tm.u8.slice(this.points, this.points + count * pointBytes);
  }

  private entry(window: number, digit: number): number {
    return this.table + (window * this.most + digit - 1) * this.group.pointBytes;
  }

  private fill(): void {
    const { tm } = this.curve;
    const group = this.curve[this.group.name];
    tm.setBuff(this.entry(0, 1), group.toAffine(group.g));
    const addUp = (window: number, one: number, other: number, out: number): void =>
      this.sums.push(this.entry(window, one), this.entry(window, other), this.entry(window, out), false);
    for (let window = 0; window < this.windows; window++) {
      // From 1 to n come n + 1 to 2n; the last of all, twice, begins the next window.
      for (let known = 1; known < this.most; known *= 2) {
        for (let digit = 1; digit <= known; digit++) addUp(window, known, digit, known + digit);
        this.sums.flush();
      }
      if (window + 1 < this.windows) addUp(window, this.most, this.most, this.most + 1);
      this.sums.flush();
    }
  }
}
