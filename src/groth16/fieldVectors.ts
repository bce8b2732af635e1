import type { Curve } from "snarkjs";
import { allocate, BATCH } from "./curveMemory.js";
import { encodeScalars, invert, mod, power, rootOfUnity } from "./field.js";

/** Bytes of an element of the scalar field. */
export const ELEMENT_BYTES = 32;

interface LagrangeParameters {
  readonly x: bigint;
  /** Of the domain. */
  readonly size: number;
  /** Which of its polynomials: first, first + stride, … */
  readonly first: number;
  readonly stride: number;
  /** What all values are multiplied by. */
  readonly factor: bigint;
}

/** Elements of the scalar field at addresses in the memory of a curve, 32 bytes each, in Montgomery form. */
export class FieldVectors {
  private readonly operation: (name: string) => (...args: number[]) => unknown;
  private readonly mul: (...args: number[]) => unknown;
  private readonly add: (...args: number[]) => unknown;
  private readonly sub: (...args: number[]) => unknown;
  private readonly scratch: number;

  constructor(private readonly curve: Curve) {
    this.operation = (name) => curve.tm.instance.exports[`frm_${name}`];
    [this.mul, this.add, this.sub] = ["mul", "add", "sub"].map(this.operation);
    this.scratch = allocate(curve.tm, BATCH * ELEMENT_BYTES);
  }

  zeros(count: number): number {
    const at = allocate(this.curve.tm, ELEMENT_BYTES * count);
    this.curve.tm.u8.fill(0, at, at + ELEMENT_BYTES * count);
    return at;
  }

  constants(values: readonly bigint[]): number {
    const at = this.zeros(values.length);
    this.curve.tm.setBuff(at, encodeScalars(values.map(mod)));
    this.operation("batchToMontgomery")(at, values.length, at);
    return at;
  }

  /** Adds `factor * value` to what is at `sum`. @param unit 1 or -1 if that is the factor, or 0 */
  addProduct(sum: number, value: number, factor: number, unit: number): void {
    if (unit === 1) this.add(sum, value, sum);
    else if (unit === -1) this.sub(sum, value, sum);
    else {
      this.mul(value, factor, this.scratch);
      this.add(sum, this.scratch, sum);
    }
  }

  /** Adds what is at `value` to what is at `sum`. */
  addTo(sum: number, value: number): void {
    this.add(sum, value, sum);
  }

  multiply(at: number, factor: number): void {
    this.mul(at, factor, at);
  }

  /**
   * Lagrange polynomials of the domain of the `size`-th roots of unity `w^i` at the point x:
   * `L_i(x) = w^i (x^size - 1) / (size (x - w^i))`. The denominators of a batch are inverted together.
   */
  lagrange(at: number, count: number, { x, size, first, stride, factor }: LagrangeParameters): void {
    const w = rootOfUnity(size);
    const scale = mod((power(x, BigInt(size)) - 1n) * invert(BigInt(size)) * factor);
    // All values carry the scale: each is the one before times the root's step.
    const [xAt, root, step, scaleAt] = [x, power(w, BigInt(first)), power(w, BigInt(stride)), scale].map(
      (value) => this.constants([value]),
    );
    for (let done = 0; done < count; done += BATCH) {
      const here = Math.min(BATCH, count - done);
      const values = at + ELEMENT_BYTES * done;
      for (let i = 0; i < here; i++) {
        this.sub(xAt, root, this.scratch + ELEMENT_BYTES * i);
        this.mul(root, scaleAt, values + ELEMENT_BYTES * i);
        this.mul(root, step, root);
      }
      this.operation("batchInverse")(this.scratch, ELEMENT_BYTES, here, this.scratch, ELEMENT_BYTES);
      for (let i = 0; i < here; i++)
        this.mul(values + ELEMENT_BYTES * i, this.scratch + ELEMENT_BYTES * i, values + ELEMENT_BYTES * i);
    }
  }

  /** Little-endian numbers of `bytes` bytes each, at most {@link ELEMENT_BYTES}, as elements. */
  numbers(values: Uint8Array, bytes: number): number {
    const count = values.length / bytes;
    const at = this.zeros(count);
    const { u8 } = this.curve.tm;
    for (let i = 0; i < count; i++)
      u8.set(values.subarray(bytes * i, bytes * (i + 1)), at + ELEMENT_BYTES * i);
    this.operation("batchToMontgomery")(at, count, at);
    return at;
  }

  /**
   * From the values of a polynomial on the `size`-th roots of unity to its coefficients, in place, by the inverse
   * transform of J. W. Cooley and J. W. Tukey.
   *
   * @param size a power of two, at least 2.
   */
  interpolate(at: number, size: number): void {
    const { mul, add, sub, scratch, curve } = this;
    this.reverseBits(at, size);
    const roots = this.powers(invert(rootOfUnity(size)), size / 2);
    for (let half = 1; half < size; half *= 2) {
      const step = (ELEMENT_BYTES * size) / (2 * half);
      const distance = ELEMENT_BYTES * half;
      for (let block = at; block < at + ELEMENT_BYTES * size; block += 2 * distance)
        for (let left = block, root = roots; left < block + distance; left += ELEMENT_BYTES, root += step) {
          const right = left + distance;
          mul(right, root, scratch);
          sub(left, scratch, right);
          add(left, scratch, left);
        }
    }
    const factor = this.constants([invert(BigInt(size))]);
    for (let i = 0; i < size; i++) mul(at + ELEMENT_BYTES * i, factor, at + ELEMENT_BYTES * i);
    // The powers are not needed any more: their place is free again.
    curve.tm.u32[0] = roots;
  }

  private reverseBits(at: number, size: number): void {
    const { u32 } = this.curve.tm;
    const words = ELEMENT_BYTES / 4;
    for (let i = 0, j = 0; i < size; i++) {
      if (i < j)
        for (let word = 0; word < words; word++) {
          const [left, right] = [at / 4 + words * i + word, at / 4 + words * j + word];
          [u32[left], u32[right]] = [u32[right], u32[left]];
        }
      let bit = size >> 1;
      for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
      j ^= bit;
    }
  }

  /** `base^i` for i < count. */
  private powers(base: bigint, count: number): number {
    const [current, factor] = [1n, base].map((value) => this.constants([value]));
    const at = this.zeros(count);
    for (let i = 0; i < count; i++) {
      this.curve.tm.u8.copyWithin(at + ELEMENT_BYTES * i, current, current + ELEMENT_BYTES);
      this.mul(current, factor, current);
    }
    return at;
  }

  /** The elements as numbers, in place of their Montgomery form: a view, good until the memory grows. */
  plain(at: number, count: number): Uint8Array {
    this.operation("batchFromMontgomery")(at, count, at);
    return this.curve.tm.u8.subarray(at, at + ELEMENT_BYTES * count);
  }
}
