import { type Curve, curves } from "snarkjs";
import { serve } from "../progress/thread.js";
import { type FixedBaseJob, POINT_BYTES, POINTS_PER_REPORT } from "./fixedBase.js";

/** A part of the products, for one thread. */
export interface FixedBaseRun {
  readonly jobs: readonly { readonly group: FixedBaseJob["group"]; readonly scalars: Uint8Array }[];
}

const PAGE = 65536;

/** A digit is a byte of the scalar. Wider windows save additions only beyond half a million products a thread. */
const DIGITS = 256;
const WINDOWS = 32;

/**
 * Windowed multiplication of one fixed point: a table holds `d · 2^(bits·w) · G` for each window `w` and digit `d`, so
 * that a product is one mixed addition a window (Brickell, Gordon, McCurley, Wilson, EUROCRYPT 1992).
 */
class FixedBase {
  private readonly pointBytes: number;
  private readonly jacobianBytes: number;
  private readonly table: number;
  private readonly jacobian: number;
  private readonly affine: number;

  constructor(
    private readonly curve: Curve,
    private readonly group: FixedBaseJob["group"],
  ) {
    this.pointBytes = POINT_BYTES[group];
    this.jacobianBytes = (this.pointBytes / 2) * 3;
    const tableBytes = WINDOWS * DIGITS * this.pointBytes;
    const chunk = Math.max(DIGITS, POINTS_PER_REPORT);
    const { tm } = curve;
    tm.memory.grow(Math.ceil((tableBytes + chunk * (this.jacobianBytes + this.pointBytes)) / PAGE) + 1);
    tm.u8 = new Uint8Array(tm.memory.buffer);
    tm.u32 = new Uint32Array(tm.memory.buffer);
    this.table = tm.alloc(tableBytes);
    this.jacobian = tm.alloc(chunk * this.jacobianBytes);
    this.affine = tm.alloc(chunk * this.pointBytes);
    this.fillTable();
  }

  /** @param scalars 32-byte little-endian elements. @param report is called for every {@link POINTS_PER_REPORT} points. */
  multiply(scalars: Uint8Array, report: () => void): Uint8Array {
    const { tm } = this.curve;
    const zero = this.operation("zero");
    const addMixed = this.operation("addMixed");
    const count = scalars.length / 32;
    const points = new Uint8Array(count * this.pointBytes);
    for (let first = 0; first < count; first += POINTS_PER_REPORT) {
      const here = Math.min(POINTS_PER_REPORT, count - first);
      for (let i = 0; i < here; i++) {
        const sum = this.jacobian + i * this.jacobianBytes;
        zero(sum);
        for (let window = 0; window < WINDOWS; window++) {
          const digit = scalars[32 * (first + i) + window]!;
          if (digit !== 0) addMixed(sum, this.table + (window * DIGITS + digit) * this.pointBytes, sum);
        }
      }
      this.operation("batchToAffine")(this.jacobian, here, this.affine);
      points.set(tm.getBuff(this.affine, here * this.pointBytes), first * this.pointBytes);
      report();
    }
    return points;
  }

  private fillTable(): void {
    const { tm } = this.curve;
    const group = this.curve[this.group];
    const add = this.operation("add");
    const base = tm.alloc(this.jacobianBytes);
    tm.setBuff(base, group.toJacobian(group.toAffine(group.g)));
    const multiple = (digit: number): number => this.jacobian + digit * this.jacobianBytes;
    for (let window = 0; window < WINDOWS; window++) {
      this.operation("zero")(this.jacobian);
      for (let digit = 1; digit < DIGITS; digit++) add(multiple(digit - 1), base, multiple(digit));
      const row = this.table + window * DIGITS * this.pointBytes;
      this.operation("batchToAffine")(this.jacobian, DIGITS, row);
      add(multiple(DIGITS - 1), base, base);
    }
  }

  private operation(name: string): (...args: number[]) => void {
    return this.curve.tm.instance.exports[`${this.group.toLowerCase()}m_${name}`]!;
  }
}

serve<FixedBaseRun, Uint8Array[], FixedBaseJob["group"]>(async ({ jobs }, report) => {
  const curve = await curves.getCurveFromName("bn128", { singleThread: true });
  const bases = { G1: new FixedBase(curve, "G1"), G2: new FixedBase(curve, "G2") };
  return jobs.map(({ group, scalars }) => bases[group].multiply(scalars, () => report(group)));
});
