import { type Curve, curves } from "snarkjs";
import type { R1cs } from "../circom/r1cs.js";
import { allocate, BATCH } from "./curveMemory.js";
import { encodeScalars, invert, mod, power, rootOfUnity } from "./field.js";

/** The secrets of a setup that the points of a key are multiples by. */
export interface SetupSecrets {
  readonly tau: bigint;
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly delta: bigint;
}

/** By which scalars the points of a key are multiples of the generator, as 32-byte little-endian elements. */
export interface KeyScalars {
  /** A_i(tau) and B_i(tau) of each wire. */
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  /** (beta A_i + alpha B_i + C_i)(tau) of the constant and the public wires. */
  readonly publics: Uint8Array;
  /** The same of all other wires, over delta. */
  readonly privates: Uint8Array;
  /** The basis of the quotient, over delta: the odd half of a domain of twice the size. */
  readonly quotient: Uint8Array;
}

const BYTES = 32;

/**
 * The scalars of J. Groth, EUROCRYPT 2016, section 3.2, in the memory of a curve of their own: of millions of wires,
 * numbers of JavaScript would take four times as much. Public wires have a row of their own in A, so that they are
 * independent.
 *
 * @param size of the domain: a power of two, more than the constraints and public wires together
 */
export async function keyScalars(r1cs: R1cs, size: number, secrets: SetupSecrets): Promise<KeyScalars> {
  const { tau, alpha, beta, delta } = secrets;
  const field = new FieldVectors(await curves.getCurveFromName("bn128", { singleThread: true }));
  const publics = r1cs.publicOutputs + r1cs.publicInputs;
  const rows = field.zeros(size);
  const [a, b, c] = [0, 1, 2].map(() => field.zeros(r1cs.wireCount));
  field.lagrange(rows, size, { x: tau, size, first: 0, stride: 1, factor: 1n });
  const values = field.constants(r1cs.values);
  const isUnit = r1cs.values.map((value) => (value === 1n ? 1 : value === -1n ? -1 : 0));
  for (const [m, side] of [a, b, c].entries())
    for (let row = 0; row < r1cs.constraints; row++)
      for (let t = r1cs.starts[3 * row + m]; t < r1cs.starts[3 * row + m + 1]; t++) {
        const value = r1cs.coefficients[t];
        field.addProduct(
          side + BYTES * r1cs.wires[t],
          rows + BYTES * row,
          values + BYTES * value,
          isUnit[value],
        );
      }
  for (let wire = 0; wire <= publics; wire++)
    field.addProduct(a + BYTES * wire, rows + BYTES * (r1cs.constraints + wire), values, 1);
  const [alphaAt, betaAt, overDelta] = [alpha, beta, invert(delta)].map((value) => field.constants([value]));
  for (let wire = 0; wire < r1cs.wireCount; wire++) {
    const at = c + BYTES * wire;
    field.addProduct(at, a + BYTES * wire, betaAt, 0);
    field.addProduct(at, b + BYTES * wire, alphaAt, 0);
    if (wire > publics) field.multiply(at, overDelta);
  }
  // The rows are done with: their place serves the quotient.
  field.lagrange(rows, size, { x: tau, size: 2 * size, first: 1, stride: 2, factor: invert(delta) });
  const sums = field.plain(c, r1cs.wireCount);
  return {
    a: field.plain(a, r1cs.wireCount),
    b: field.plain(b, r1cs.wireCount),
    publics: sums.subarray(0, BYTES * (publics + 1)),
    privates: sums.subarray(BYTES * (publics + 1)),
    quotient: field.plain(rows, size),
  };
}

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
class FieldVectors {
  private readonly operation: (name: string) => (...args: number[]) => unknown;
  private readonly mul: (...args: number[]) => unknown;
  private readonly add: (...args: number[]) => unknown;
  private readonly sub: (...args: number[]) => unknown;
  private readonly scratch: number;

  constructor(private readonly curve: Curve) {
    this.operation = (name) => curve.tm.instance.exports[`frm_${name}`];
    [this.mul, this.add, this.sub] = ["mul", "add", "sub"].map(this.operation);
    this.scratch = allocate(curve.tm, BATCH * BYTES);
  }

  zeros(count: number): number {
    const at = allocate(this.curve.tm, BYTES * count);
    this.curve.tm.u8.fill(0, at, at + BYTES * count);
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
      const values = at + BYTES * done;
      for (let i = 0; i < here; i++) {
        this.sub(xAt, root, this.scratch + BYTES * i);
        this.mul(root, scaleAt, values + BYTES * i);
        this.mul(root, step, root);
      }
      this.operation("batchInverse")(this.scratch, BYTES, here, this.scratch, BYTES);
      for (let i = 0; i < here; i++)
        this.mul(values + BYTES * i, this.scratch + BYTES * i, values + BYTES * i);
    }
  }

  /** The elements as numbers, in place of their Montgomery form: a view, good until the memory grows. */
  plain(at: number, count: number): Uint8Array {
    this.operation("batchFromMontgomery")(at, count, at);
    return this.curve.tm.u8.subarray(at, at + BYTES * count);
  }
}
