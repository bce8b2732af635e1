import type { Curve } from "snarkjs";
import { allocate, BATCH } from "./curveMemory.js";
import type { CurveGroup } from "./curveGroup.js";

/**
 * Sums of affine points, many at once. The slope of each needs an inverse; one inversion serves them all
 * (Montgomery's trick), so that a sum takes six multiplications, where a sum in Jacobian coordinates takes eleven.
 */
export class AffineSums {
  private count = 0;
  private readonly left = new Uint32Array(BATCH);
  private readonly right = new Uint32Array(BATCH);
  private readonly out = new Uint32Array(BATCH);
  private readonly negative = new Uint8Array(BATCH);
  private readonly inverses: number;
  private readonly scratch: number;
  private readonly field: (name: string) => (...args: number[]) => unknown;

  constructor(
    private readonly curve: Curve,
    private readonly group: CurveGroup,
  ) {
    const { exports } = curve.tm.instance;
    this.field = (name) => exports[`${group.field}_${name}`];
    this.inverses = allocate(curve.tm, BATCH * group.elementBytes);
    this.scratch = allocate(curve.tm, 6 * group.elementBytes);
  }

  /**
   * Takes up the sum `left + right`, or `left - right`, which no other may need before {@link flush}.
   *
   * @param left address of a point that is not infinite, as `right` is.
   * @param out address of the sum, which may be `left`. Infinity is all zero.
   */
  push(left: number, right: number, out: number, isNegative: boolean): void {
    if (this.count === BATCH) this.flush();
    this.left[this.count] = left;
    this.right[this.count] = right;
    this.out[this.count] = out;
    this.negative[this.count] = isNegative ? 1 : 0;
    this.count++;
  }

  /** Computes all sums that were taken up. */
  flush(): void {
    const { group, left, right, inverses, count } = this;
    const { elementBytes } = group;
    const sub = this.field("sub");
    for (let i = 0; i < count; i++) sub(right[i], left[i], inverses + i * elementBytes);
    this.field("batchInverse")(inverses, elementBytes, count, inverses, elementBytes);
    const { u32 } = this.curve.tm;
    const isZero = this.field("isZero");
    const add = this.chords();
    for (let i = 0; i < count; i++) {
      const inverse = inverses + i * elementBytes;
      // A difference of 0 has no inverse, and gives 0. Its first word nearly always shows that it is another.
      if (u32[inverse >> 2] === 0 && isZero(inverse) === 1) this.addSlowly(i);
      else add(left[i], right[i], inverse, this.out[i], this.negative[i] === 1);
    }
    this.count = 0;
  }

  /** The sum of two points with different x, by the inverse of the difference. */
  private chords(): (left: number, right: number, inverse: number, out: number, isNegative: boolean) => void {
    const { scratch } = this;
    const { elementBytes } = this.group;
    const [add, sub, mul, square] = ["add", "sub", "mul", "square"].map((name) => this.field(name));
    const copy = this.field("copy");
    const x = scratch;
    const slope = scratch + elementBytes;
    const rest = scratch + 2 * elementBytes;
    return (left, right, inverse, out, isNegative) => {
      const leftY = left + elementBytes;
      const outY = out + elementBytes;
      // The slope to -right is the negative of this one; its square is the same.
      (isNegative ? add : sub)(right + elementBytes, leftY, slope);
      mul(slope, inverse, slope);
      square(slope, x);
      sub(x, left, x);
      sub(x, right, x);
      if (isNegative) sub(x, left, rest);
      else sub(left, x, rest);
      mul(slope, rest, rest);
      sub(rest, leftY, outY);
      copy(x, out);
    };
  }

  /** The sum of two points with the same x: twice the point, or infinity. */
  private addSlowly(i: number): void {
    const { tm } = this.curve;
    const { name, pointBytes } = this.group;
    const curve = (operation: string) => tm.instance.exports[`${name.toLowerCase()}m_${operation}`];
    const other = this.scratch;
    const sum = this.scratch + pointBytes;
    curve(this.negative[i] === 1 ? "negAffine" : "copyAffine")(this.right[i], other);
    curve("addAffine")(this.left[i], other, sum);
    curve("toAffine")(sum, this.out[i]);
  }
}
