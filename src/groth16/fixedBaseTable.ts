import { type Curve, curves } from "snarkjs";
import { type FixedBaseJob, POINT_BYTES, POINTS_PER_REPORT } from "./fixedBaseJob.js";

/** A part of the products, for one thread: scalars are 32-byte little-endian elements. */
export interface FixedBaseRun {
  readonly jobs: readonly { readonly group: FixedBaseJob["group"]; readonly scalars: Uint8Array }[];
}

const PAGE = 65536;

const SCALAR_BITS = 256;

/**
 * Windowed multiplication of one fixed point: a table holds `d · 2^(bits·w) · G` for each window `w` and digit `d`, so
 * that a product is one mixed addition a window (Brickell, Gordon, McCurley, Wilson, EUROCRYPT 1992).
 */
class FixedBase {
  private readonly pointBytes: number;
  private readonly jacobianBytes: number;
  private readonly windows: number;
  private readonly digits: number;
  private readonly table: number;
  private readonly jacobian: number;
  private readonly affine: number;

  /** @param bits of a window, at most 16. */
  constructor(
    private readonly curve: Curve,
    private readonly group: FixedBaseJob["group"],
    private readonly bits: number,
  ) {
    this.windows = Math.ceil(SCALAR_BITS / bits);
    this.digits = 2 ** bits;
    this.pointBytes = POINT_BYTES[group];
    this.jacobianBytes = (this.pointBytes / 2) * 3;
    const tableBytes = this.windows * this.digits * this.pointBytes;
    const chunk = Math.max(this.digits, POINTS_PER_REPORT);
    // The conversion to affine form takes as much again for its own use.
    const chunkBytes = chunk * (this.jacobianBytes + 2 * this.pointBytes);
    const { tm } = curve;
    tm.memory.grow(Math.ceil((tableBytes + chunkBytes) / PAGE) + 1);
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
        for (let window = 0; window < this.windows; window++) {
          const digit = this.digit(scalars, first + i, window);
          if (digit !== 0) addMixed(sum, this.table + (window * this.digits + digit) * this.pointBytes, sum);
        }
      }
      this.operation("batchToAffine")(this.jacobian, here, this.affine);
      points.set(tm.getBuff(this.affine, here * this.pointBytes), first * this.pointBytes);
      report();
    }
    return points;
  }

  private digit(scalars: Uint8Array, index: number, window: number): number {
    const bit = window * this.bits;
    const byte = bit >> 3;
    const at = 32 * index + byte;
    // Up to 16 bits from any bit on lie in three bytes; beyond the scalar's last there is nothing.
    const word =
      scalars[at] | (byte < 31 ? scalars[at + 1] << 8 : 0) | (byte < 30 ? scalars[at + 2] << 16 : 0);
    return (word >> (bit & 7)) & (this.digits - 1);
  }

  private fillTable(): void {
    const { tm } = this.curve;
    const group = this.curve[this.group];
    const add = this.operation("add");
    const base = tm.alloc(this.jacobianBytes);
    tm.setBuff(base, group.toJacobian(group.toAffine(group.g)));
    const multiple = (digit: number): number => this.jacobian + digit * this.jacobianBytes;
    for (let window = 0; window < this.windows; window++) {
      this.operation("zero")(this.jacobian);
      for (let digit = 1; digit < this.digits; digit++) add(multiple(digit - 1), base, multiple(digit));
      const row = this.table + window * this.digits * this.pointBytes;
      this.operation("batchToAffine")(this.jacobian, this.digits, row);
      add(multiple(this.digits - 1), base, base);
    }
  }

  private operation(name: string): (...args: number[]) => void {
    return this.curve.tm.instance.exports[`${this.group.toLowerCase()}m_${name}`];
  }
}

/** Multiplies the generators by all scalars, in this thread. @param report is called for every {@link POINTS_PER_REPORT} points */
export async function multiplyHere(
  { jobs }: FixedBaseRun,
  report: (group: FixedBaseJob["group"]) => void,
): Promise<Uint8Array[]> {
  const curve = await curves.getCurveFromName("bn128", { singleThread: true });
  const base = (group: FixedBaseJob["group"]): FixedBase => {
    const ofGroup = jobs.filter((job) => job.group === group);
    return new FixedBase(
      curve,
      group,
      windowBits(ofGroup.reduce((sum, job) => sum + job.scalars.length / 32, 0)),
    );
  };
  const bases = { G1: base("G1"), G2: base("G2") };
  return jobs.map(({ group, scalars }) => bases[group].multiply(scalars, () => report(group)));
}

/** The window that takes the fewest additions for the table and `count` products together. */
function windowBits(count: number): number {
  const additions = (bits: number): number => Math.ceil(SCALAR_BITS / bits) * (2 ** bits + count);
  const widths = Array.from({ length: 12 }, (_, i) => i + 3);
  return widths.reduce((best, bits) => (additions(bits) < additions(best) ? bits : best));
}
