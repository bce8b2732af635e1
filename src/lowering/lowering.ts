import { sizeOf } from "../tensor/tensor.js";
import type { Shape, Tensor } from "../tensor/types.js";
import { bitLength } from "../program/arithmetic.js";
import { roundHalfUp } from "./numbers.js";
import { at, type Operand } from "./operand.js";
import type { Range, Site } from "./types.js";
import { int32s, int32sOf } from "../program/int32.js";
import { Summing } from "./summing.js";
import { ceilLog2 } from "../elementary/powersOfTwo.js";
import { square } from "../elementary/functions.js";

/** Fraction bits of a layer norm's mean. */
const MEAN_BITS = 2;

/** Bits that scores keep in front of a softmax, beyond those of an activation. */
const SOFTMAX_BITS = 2;

/** Bits beyond those of a weight up to which a table's whole numbers are kept as they are. */
const WHOLE_SLACK_BITS = 4;

/** The exponent of a reciprocal's numerator at most: its product with an activation stays exact. */
const MOST_NUMERATOR = 36;

/** A divisor that comes below so many steps is divided into so many parts of a step: what is added to it counts. */
const COARSE_DIVISOR = 64;
const DIVISOR_PARTS = 4;

/** Fraction bits of an inverse root at most: its product with an element stays exact. */
const MOST_ROOT_BITS = 50;

/** Turns operations on real-valued operands into integer operations: the vocabulary of the lowering rules. */
export class Lowering extends Summing {
  /** 1 where x < 0, else 0: all bits but the sign are shifted away. */
  isNegative(site: Site, operand: Operand): Operand {
    const x = this.settle(site.name, operand);
    const { lo, hi } = this.bounds(x);
    if (lo >= 0 || hi < 0)
      return { ...this.zeros(site, x, x.shape), offset: Float64Array.of(hi < 0 ? 1 : 0) };
    const shift = Math.max(1, bitLength(Math.max(hi, -1 - lo)));
    const size = sizeOf(x.shape);
    // Requantization rounds: half of the divisor is taken off first.
    const floored = this.scaled(
      site.name,
      x,
      new Int32Array(x.blocks).fill(1),
      new Float64Array(size).fill(-(2 ** (shift - 1))),
    );
    const tensor = this.builder.add({
      kind: "requantize",
      name: site.name,
      size,
      input: floored.tensor,
      blocks: 1,
      shift: int32s([shift], "a shift"),
      lo: -Infinity,
      hi: Infinity,
    });
    return { tensor, shape: x.shape, scale: Float64Array.of(-1), offset: new Float64Array(1), blocks: 1 };
  }

  /**
   * 1 / x of a positive operand with one scale, to two bits more than an activation for the greatest x of the range,
   * and to more for smaller ones. What is below half of the least x of the range is taken for that half.
   */
  reciprocal(site: Site, operand: Operand, range: Range): Operand {
    const fine = this.divisor(site, operand, range);
    const scale = fine.scale[0];
    const greatest = Math.ceil(range.hi.reduce((a, b) => Math.max(a, b)) / scale);
    const numerator = Math.min(MOST_NUMERATOR, bitLength(greatest) + this.bitsOf(site).activationBits + 2);
    const tensor = this.builder.add({
      kind: "reciprocal",
      name: site.name,
      size: sizeOf(fine.shape),
      input: fine.tensor,
      numerator,
    });
    return {
      tensor,
      shape: fine.shape,
      scale: Float64Array.of(2 ** -numerator / scale),
      offset: new Float64Array(1),
      blocks: 1,
    };
  }

  /** An operand as whole numbers of 1 and more, however near to 0 it comes. */
  private divisor(site: Site, operand: Operand, range: Range): Operand {
    const x = this.affordable(site, operand, range);
    const least = range.lo.reduce((a, b) => Math.min(a, b)) / x.scale[0];
    const parts = least < COARSE_DIVISOR ? DIVISOR_PARTS : 1;
    const weights = new Int32Array(x.blocks).fill(parts);
    // What is added to keep a divisor away from 0 does so, however small it is.
    const bias = Float64Array.from({ length: sizeOf(x.shape) }, (_, i) => {
      const offset = (at(x.offset, i) * parts) / x.scale[0];
      return Math.max(roundHalfUp(offset), offset > 0 ? 1 : 0);
    });
    const whole: Operand = {
      ...this.scaled(site.name, x, weights, bias),
      scale: Float64Array.of(x.scale[0] / parts),
      offset: new Float64Array(1),
    };
    const floor = Math.max(1, Math.floor((least * parts) / 2));
    const { lo, hi } = this.bounds(whole);
    if (lo >= floor) return whole;
    const moved = (from: Operand, by: number) => {
      const ones = new Int32Array(from.blocks).fill(1);
      return this.scaled(site.name, from, ones, new Float64Array(sizeOf(from.shape)).fill(by));
    };
    const kept = { lo: 0, hi: 2 ** bitLength(Math.max(1, hi - floor)) - 1 };
    return moved(this.shifted(site, moved(whole, -floor), int32s([0], "a shift"), kept), floor);
  }

  /** x * y, element by element, of settled operands with one scale each. */
  product(site: Site, x: Operand, y: Operand, shape: Shape): Operand {
    const inputs = [x.tensor, y.tensor] as const;
    const tensor = this.builder.add({ kind: "product", name: site.name, size: sizeOf(shape), inputs });
    return {
      tensor,
      shape,
      scale: new Float64Array([x.scale[0] * y.scale[0]]),
      offset: new Float64Array(1),
      blocks: 1,
    };
  }

  /**
   * a [batch, rows, inner] times b [batch, inner, columns], of settled operands with one scale each, requantized to
   * activation bits, or two more in front of a softmax.
   */
  matmul(
    site: Site,
    a: Operand,
    b: Operand,
    dimensions: { batch: number; rows: number; inner: number; columns: number },
    shape: Shape,
  ): Operand {
    const inputs = [a.tensor, b.tensor] as const;
    const { lo, hi } = site.outputRanges[0];
    const reach = Math.max(...lo.map(Math.abs), ...hi.map(Math.abs)) || 1;
    const bits = this.bitsOf(site).activationBits - 1 + (site.precise ? SOFTMAX_BITS : 0);
    const unit = a.scale[0] * b.scale[0];
    const shift = Math.max(0, ceilLog2(reach / (2 ** bits - 1) / unit));
    const size = sizeOf(shape);
    const product = { ...dimensions, inputs, shift, causal: false };
    const tensor = this.builder.add({ kind: "matmul", name: site.name, size, ...product });
    return {
      tensor,
      shape,
      scale: new Float64Array([unit * 2 ** shift]),
      offset: new Float64Array(1),
      blocks: 1,
    };
  }

  /** Rows of a constant table [rows, width], chosen by indices that are computed, or an input. */
  lookup(site: Site, table: Tensor, index: Operand, shape: Shape): Operand {
    const rows = table.shape[0];
    const fromEnd = site.inputRanges[1].lo.some((least) => least < 0);
    const x = this.asIndex(site, index, fromEnd ? { first: -rows, rows: 2 * rows } : { first: 0, rows });
    const width = sizeOf(table.shape.slice(1));
    const { weightBits } = this.bitsOf(site);
    const most = table.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
    const whole = table.dtype === "int" && bitLength(most) <= weightBits + WHOLE_SLACK_BITS;
    const scale = whole ? 1 : most / (2 ** (weightBits - 1) - 1);
    const entries = fromEnd ? [...table.data, ...table.data] : Array.from(table.data);
    const tensor = this.builder.add({
      kind: "lookup",
      name: site.name,
      size: sizeOf(shape),
      input: x.tensor,
      width,
      table: int32s(
        entries.map((value) => roundHalfUp(value / scale)),
        "an entry of the table",
      ),
    });
    return { tensor, shape, scale: new Float64Array([scale]), offset: new Float64Array(1), blocks: 1 };
  }

  /**
   * Whole numbers from 0 on that choose from so many rows: the index less the first. What may be beyond them by its
   * worst case, or is a whole number in other units (a quotient without its rest), is brought to the rows there are.
   */
  private asIndex(site: Site, index: Operand, { first, rows }: { first: number; rows: number }): Operand {
    const moved = { ...index, offset: index.offset.map((offset) => offset - first) };
    if (moved.scale.every((s) => Math.abs(s) === 1) && moved.offset.every(Number.isInteger)) {
      const x = this.settle(site.name, moved);
      const { lo, hi } = this.bounds(x);
      if (lo >= 0 && hi < rows) return x;
    }
    const size = sizeOf(index.shape);
    const ofIndex = { ...site, inputRanges: site.inputRanges.slice(1) };
    const scale = new Float64Array(size).fill(1);
    const grid = { scale, zero: new Float64Array(size), lo: 0, hi: rows - 1, saturate: true } as const;
    return this.settle(site.name, this.quantize(ofIndex, moved, grid));
  }

  /**
   * Layer norm (centered) or RMS norm of each run of `row` elements, without weight and bias: x must be settled and of
   * one scale. @param epsilon added to the mean square, in real units
   */
  normalize(site: Site, x: Operand, row: number, centered: boolean, epsilon: number): Operand {
    const meanBits = centered ? MEAN_BITS : 0;
    const unit = x.scale[0] / 2 ** meanBits;
    const { lo, hi } = this.bounds(x);
    const size = sizeOf(x.shape);
    const kept = this.bitsOf(site).activationBits;
    // Roots of typical sums of squares keep as many bits as the outputs, and two more.
    const spread = Math.sqrt(row) * 2 ** meanBits * Math.max(1, (hi - lo) / 8);
    const wholeEpsilon = Math.max(1, roundHalfUp((epsilon * row) / square(unit)));
    const root = ceilLog2(Math.max(spread, Math.sqrt(wholeEpsilon)));
    const rootBits = Math.min(MOST_ROOT_BITS, kept + 2 + root);
    const tensor = this.builder.add({
      kind: "normalize",
      name: site.name,
      size,
      input: x.tensor,
      row,
      centered,
      meanBits,
      epsilon: wholeEpsilon,
      rootBits,
      drop: rootBits - kept,
    });
    const scale = new Float64Array([Math.sqrt(row) / (2 ** kept - 1)]);
    return { tensor, shape: x.shape, scale, offset: new Float64Array(1), blocks: 1 };
  }

  /** Softmax of each row of consecutive elements, as SoftmaxOperation says. */
  softmax(
    site: Site,
    x: Operand,
    parameters: { rows: Int32Array; table: Int32Array; numerator: number; fraction: number },
  ): Operand {
    const size = sizeOf(x.shape);
    const tensor = this.builder.add({
      kind: "softmax",
      name: site.name,
      size,
      input: x.tensor,
      ...parameters,
    });
    const scale = new Float64Array([2 ** -parameters.fraction]);
    return { tensor, shape: x.shape, scale, offset: new Float64Array(1), blocks: 1 };
  }

  /**
   * The k greatest of each of the rows of x [rows, row], of one scale, and their places, both [rows, k]; of equals the
   * lowest place first.
   */
  topK(site: Site, operand: Operand, k: number): [values: Operand, places: Operand] {
    const x = this.settle(site.name, operand);
    const [rows, row] = x.shape as [number, number];
    const part = (first: number) => {
      const index = int32sOf(rows * k, (i) => Math.floor(i / k) * 2 * k + first + (i % k));
      return this.builder.add({ kind: "view", name: site.name, size: index.length, inputs: [both], index });
    };
    const size = rows * 2 * k;
    const both = this.builder.add({ kind: "topk", name: site.name, size, input: x.tensor, row, k });
    const shared = { shape: [rows, k], offset: new Float64Array(1), blocks: 1 };
    return [
      { ...shared, tensor: part(0), scale: x.scale.slice(0, 1) },
      { ...shared, tensor: part(k), scale: new Float64Array([1]) },
    ];
  }

  /** The lowest index of the greatest of each run of `classes` elements. */
  argmax(site: Site, x: Operand, classes: number, shape: Shape): Operand {
    const input = this.settle(site.name, x).tensor;
    const tensor = this.builder.add({ kind: "argmax", name: site.name, size: sizeOf(shape), input, classes });
    return { tensor, shape, scale: new Float64Array([1]), offset: new Float64Array(1), blocks: 1 };
  }
}
