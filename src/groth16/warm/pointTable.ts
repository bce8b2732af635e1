import type { Curve } from "snarkjs";
import type { CurveGroup } from "../curveGroup.js";
import { allocate } from "../curveMemory.js";

/** Affine points in the memory of a curve, without those at infinity. */
export class PointTable {
  /** Of each point; 0 for infinity. */
  readonly addresses: Uint32Array;

  /**
   * @param count of the points.
   * @param done how many of them, the first, are infinite and not given.
   */
  constructor(
    private readonly curve: Curve,
    readonly group: CurveGroup,
    count: number,
    private done = 0,
  ) {
    this.addresses = new Uint32Array(count);
  }

  /** Takes up the next points. @param bytes their coordinates, as a key holds them. */
  append(bytes: Uint8Array): void {
    const { tm } = this.curve;
    const { pointBytes } = this.group;
    const count = bytes.length / pointBytes;
    const isFinite = Uint8Array.from({ length: count }, (_, i) =>
      bytes.subarray(i * pointBytes, (i + 1) * pointBytes).some((byte) => byte !== 0) ? 1 : 0,
    );
    let at = allocate(tm, pointBytes * isFinite.reduce((sum, flag) => sum + flag, 0));
    for (let i = 0; i < count; i++, this.done++) {
      if (isFinite[i] === 0) continue;
      tm.u8.set(bytes.subarray(i * pointBytes, (i + 1) * pointBytes), at);
      this.addresses[this.done] = at;
      at += pointBytes;
    }
  }
}
