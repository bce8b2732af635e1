import type { Curve } from "snarkjs";
import { allocate } from "../curveMemory.js";
import { encodeScalars, invert, rootOfUnity } from "../field.js";

const BYTES = 32;

/**
 * The values of polynomials on the odd half of a domain of twice the size, from those on the even half: an inverse
 * transform that leaves the coefficients in bit-reversed order, and a transform that takes them so. Roots are
 * computed once.
 */
export class CosetTransform {
  /** Of w^0 … w^(size/2), where w is the root of unity of the domain. */
  private readonly roots: number;
  /** Of g^i / size in bit-reversed order, where g is the root of unity of the domain of twice the size. */
  private readonly factors: number;
  private readonly scratch: number;
  private readonly mul: (...args: number[]) => unknown;
  private readonly add: (...args: number[]) => unknown;
  private readonly sub: (...args: number[]) => unknown;
  private readonly copy: (...args: number[]) => unknown;

  /** @param size of the domain: a power of two, at least 2. */
  constructor(
    private readonly curve: Curve,
    private readonly size: number,
  ) {
    const { exports } = curve.tm.instance;
    [this.mul, this.add, this.sub, this.copy] = ["mul", "add", "sub", "copy"].map(
      (name) => exports[`frm_${name}`],
    );
    this.scratch = allocate(curve.tm, 2 * BYTES);
    this.roots = this.powers(1n, rootOfUnity(size), size / 2 + 1, (i) => i);
    this.factors = this.powers(invert(BigInt(size)), rootOfUnity(2 * size), size, (i) => reversed(i, size));
  }

  /** Transforms the values at an address, in Montgomery form. */
  run(at: number): void {
    this.toCoefficients(at);
    for (let i = 0; i < BYTES * this.size; i += BYTES) this.mul(at + i, this.factors + i, at + i);
    this.toValues(at);
  }

  /** By W. M. Gentleman and G. Sande's order. The inverse of a root w^j is -w^(size/2 - j). */
  private toCoefficients(at: number): void {
    const { mul, add, sub, copy, scratch, roots, size } = this;
    const end = at + BYTES * size;
    for (let half = (BYTES * size) / 2, step = BYTES; half >= BYTES; half /= 2, step *= 2)
      for (let block = at; block < end; block += 2 * half) {
        let root = roots + (BYTES * size) / 2;
        for (let left = block; left < block + half; left += BYTES, root -= step) {
          const right = left + half;
          const isFirst = left === block;
          if (isFirst) sub(left, right, scratch);
          else sub(right, left, scratch);
          add(left, right, left);
          if (isFirst) copy(scratch, right);
          else mul(scratch, root, right);
        }
      }
  }

  /** By J. W. Cooley and J. W. Tukey's order. */
  private toValues(at: number): void {
    const { mul, add, sub, copy, scratch, roots, size } = this;
    const end = at + BYTES * size;
    for (let half = BYTES, step = (BYTES * size) / 2; half < BYTES * size; half *= 2, step /= 2)
      for (let block = at; block < end; block += 2 * half) {
        let root = roots;
        for (let left = block; left < block + half; left += BYTES, root += step) {
          const right = left + half;
          if (left === block) copy(right, scratch);
          else mul(right, root, scratch);
          sub(left, scratch, right);
          add(left, scratch, left);
        }
      }
  }

  /** `first · base^i` for i < count, in Montgomery form, each at the place that `placeOf` says. */
  private powers(first: bigint, base: bigint, count: number, placeOf: (i: number) => number): number {
    const { tm } = this.curve;
    const at = allocate(tm, BYTES * count);
    const step = this.scratch + BYTES;
    tm.setBuff(this.scratch, encodeScalars([first, base]));
    tm.instance.exports.frm_batchToMontgomery(this.scratch, 2, this.scratch);
    for (let i = 0; i < count; i++) {
      this.copy(this.scratch, at + BYTES * placeOf(i));
      this.mul(this.scratch, step, this.scratch);
    }
    return at;
  }
}

/** An index of a domain with its bits in reverse order. */
function reversed(index: number, size: number): number {
  let result = 0;
  for (let bit = 1; bit < size; bit *= 2) result = 2 * result + (Math.floor(index / bit) & 1);
  return result;
}
