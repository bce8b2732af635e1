import { sizeOf } from "../tensor/tensor.js";
import { bitLength, shiftRound } from "../program/arithmetic.js";
import type { Bounds } from "../program/operations/bounds.js";
import type { TensorId } from "../program/operations/definition.js";
import { int32s } from "../program/int32.js";
import { roundHalfUp } from "./numbers.js";
import { at, blocksOf, compact, type Operand } from "./operand.js";
import { MOST_SHIFT, Requantizing } from "./requantizing.js";
import type { Range, Site } from "./types.js";

/**
 * Integers that a model itself quantizes to: round(x / scale) + zero within [lo, hi]; scale and zero one per element.
 */
export interface Grid {
  readonly scale: Float64Array;
  readonly zero: Float64Array;
  readonly lo: number;
  readonly hi: number;
  /**
   * Nothing may be beyond the bounds, whatever it costs. @default where integers are the model's own, or samples come
   * there
   */
  readonly saturate?: true;
}

interface Kept extends Bounds {
  /** Always, or where `shifted` finds it worth its price. */
  readonly saturate: true | undefined;
}

/** Takes numbers to the integers that a quantized model has for them. */
export class Quantizing extends Requantizing {
  /**
   * Sums of weights that are not the model's own integers: what is quantized of them is not bit for bit the model's.
   */
  protected readonly approximate = new Set<TensorId>();

  /**
   * Where a step is 2^f units of the operand this is one shift; else the operand is multiplied before, to as many bits
   * as weights have. What a zero point takes from all integers alike is left out of them. Integers that are the model's
   * own saturate where they do in the model; others where samples come there, or as all activations do.
   */
  quantize(site: Site, x: Operand, grid: Grid): Operand {
    const { scale, zero } = grid;
    this.requireFinite(x);
    const size = sizeOf(x.shape);
    const units = Float64Array.from({ length: size }, (_, i) => at(x.scale, i));
    const base = zero.every((z) => z === zero[0]) ? zero[0] : 0;
    const blocks = Math.max(...[units, scale].map((entries) => blocksOf(compact(entries), x.shape)));
    const { weightBits } = this.bitsOf(site);
    const factors = Array.from({ length: blocks }, (_, b) => {
      const first = (b * size) / blocks;
      return factorOf(units[first] / scale[first], weightBits);
    });
    const shift = int32s(
      factors.map(({ shift }) => shift),
      "a shift",
    );
    const bias = units.map((_, i) => {
      const { shift } = factors[Math.floor((i * blocks) / size)];
      return roundHalfUp((at(x.offset, i) / scale[i] + zero[i] - base) * 2 ** shift);
    });
    const asIs = factors.every(({ factor }) => factor === 1) && bias.every((b) => b === 0);
    const weights = int32s(
      factors.map(({ factor }) => factor),
      "a multiple of the model's step",
    );
    const multiplied = asIs ? x : this.scaled(site.name, { ...x, blocks }, weights, bias);
    const own = asIs && !this.isApproximate(x.tensor);
    const saturate = grid.saturate ?? (own || isReached(site.inputRanges[0], grid) ? true : undefined);
    const kept = this.within(site, multiplied, shift, { lo: grid.lo - base, hi: grid.hi - base, saturate });
    return { ...kept, scale: Float64Array.of(1), offset: Float64Array.of(base), blocks: 1 };
  }

  private isApproximate(tensor: TensorId): boolean {
    const operation = this.builder.operations[tensor];
    if (operation.kind === "view") return operation.inputs.some((input) => this.isApproximate(input));
    return operation.kind === "max" ? this.isApproximate(operation.input) : this.approximate.has(tensor);
  }

  /**
   * Shifts, and saturates where something is beyond the bounds; at both in turn where their span is not a power of two.
   */
  private within(site: Site, x: Operand, shift: Int32Array, kept: Kept): Operand {
    const { lo, hi, saturate } = kept;
    const given = this.builder.intervals[x.tensor];
    const run = given.lo.length / shift.length;
    const above = given.hi.some((h, i) => shiftRound(h, shift[Math.floor(i / run)]) > hi);
    const below = given.lo.some((l, i) => shiftRound(l, shift[Math.floor(i / run)]) < lo);
    const span = 2 ** bitLength(hi - lo);
    if (!above) {
      const upwards = { lo, hi: lo + span - 1 };
      return this.shifted(site, x, shift, upwards, below && lo !== 0 ? saturate : false);
    }
    const downwards = { lo: hi - span + 1, hi };
    if (downwards.lo === lo) return this.shifted(site, x, shift, downwards, saturate);
    return this.within(site, this.shifted(site, x, shift, downwards, true), int32s([0], "a shift"), kept);
  }
}

/** Whether a sample comes to where the integers end. */
function isReached(range: Range, { scale, zero, lo, hi }: Grid): boolean {
  return scale.some((s, i) => {
    const [least, greatest] = [range.lo[i] / s + zero[i], range.hi[i] / s + zero[i]];
    // Below 0 is where a ReLU ends, which all forms have.
    return greatest > hi + 0.5 || (least < lo - 0.5 && lo !== zero[i]);
  });
}

/** A factor and a shift that together take integers of one unit to those of another, to `bits` bits. */
function factorOf(ratio: number, bits: number): { factor: number; shift: number } {
  for (let shift = 0; shift < MOST_SHIFT; shift++) {
    const exact = ratio * 2 ** shift;
    const factor = roundHalfUp(exact);
    if (factor !== 0 && Math.abs(factor / exact - 1) <= 2 ** -(bits + 1)) return { factor, shift };
  }
  return { factor: Math.sign(ratio), shift: MOST_SHIFT };
}
