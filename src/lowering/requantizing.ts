import { sizeOf } from "../tensor/tensor.js";
import { chooseActivation, tableRange, type ActivationRequest } from "./activation.js";
import { hull, type Bounds } from "../program/operations/bounds.js";
import { at, compact, type Operand } from "./operand.js";
import type { Range, Site } from "./types.js";
import { Moves } from "./moves.js";
import { int32s, int32sOf } from "../program/int32.js";
import { ceilLog2, roundLog2 } from "../elementary/powersOfTwo.js";

/** Bits beyond those of an activation up to which an operand goes into a sum as it is. */
const SUM_SLACK_BITS = 10;

/** Nothing is left of a program's integers, which are below 2^52, after this shift. */
export const MOST_SHIFT = 53;

/** Two factors that are this near are one: rounding made the difference. */
const SAME_FACTOR = 1e-9;

/** Makes wide integers narrow again, alone or together with an activation: what most constraints are spent on. */
export class Requantizing extends Moves {
  /** max(0, x), fused with the requantization that a wide accumulator needs anyway. */
  relu(site: Site, operand: Operand, range: Range): Operand {
    const x = this.settle(site.name, operand);
    const { lo } = this.bounds(x);
    if (lo >= 0) return this.narrow(site, x, range);
    return this.requantize(site, x, range, { lo: 0, hi: 2 ** this.bitsOf(site).activationBits - 1 });
  }

  /** An operand that later sums can afford: requantized to `activationBits` where it is wider. */
  narrow(site: Site, operand: Operand, range: Range): Operand {
    const { lo, hi } = this.bounds(operand);
    const { inputBits, headroom } = this.precision;
    const { activationBits } = this.bitsOf(site);
    if (hi - lo < 2 ** (Math.max(activationBits, inputBits) + headroom)) return operand;
    // What is never negative has all bits for its magnitude.
    const first = lo >= 0 ? 0 : -(2 ** (activationBits - 1));
    const kept = { lo: first, hi: first + 2 ** activationBits - 1 };
    return this.requantize(site, this.settle(site.name, operand), range, kept);
  }

  /** `narrow`, for sums that can bear some bits more: only where an operand would make them needlessly wide. */
  affordable(site: Site, x: Operand, range: Range): Operand {
    const { lo, hi } = this.bounds(x);
    return hi - lo < 2 ** (this.bitsOf(site).activationBits + SUM_SLACK_BITS)
      ? x
      : this.narrow(site, x, range);
  }

  /**
   * min(max(x, 0), bound), where the bound is a whole number of x's scale (see `Site.saturatedBy`).
   * @returns undefined where it is not
   */
  saturate(site: Site, operand: Operand, bound: number): Operand | undefined {
    const x = this.settle(site.name, operand);
    const hi = 2 ** this.bitsOf(site).activationBits - 1;
    const run = sizeOf(x.shape) / x.blocks;
    const factors = Float64Array.from({ length: x.blocks }, (_, b) => bound / hi / at(x.scale, b * run));
    const shifts = factors.map(roundLog2);
    const isWhole = (f: number, b: number) =>
      f >= 0 && f <= MOST_SHIFT && Math.abs(factors[b] / 2 ** f - 1) <= SAME_FACTOR;
    if (!shifts.every(isWhole)) return undefined;
    return this.shifted(site, x, int32s(shifts, "a shift"), { lo: 0, hi }, true);
  }

  /**
   * Shifts each block down until its calibrated range fits [kept.lo, kept.hi]; then saturates there, unless the
   * worst case exceeds it by no more than `headroom` bits. A block that hardly moved on the samples keeps at least
   * an eighth of the widest block's range.
   */
  protected requantize(site: Site, x: Operand, range: Range, kept: Bounds): Operand {
    const size = sizeOf(x.shape);
    const run = size / x.blocks;
    const { lo, hi } = this.builder.intervals[x.tensor];
    const calibrated = new Float64Array(x.blocks);
    const worst = new Float64Array(x.blocks);
    const reach = (from: number, to: number) => Math.max(to / kept.hi, kept.lo < 0 ? from / kept.lo : 0);
    for (let i = 0; i < size; i++) {
      const block = Math.floor(i / run);
      calibrated[block] = Math.max(calibrated[block], reach(range.lo[i], range.hi[i]));
      worst[block] = Math.max(worst[block], reach(lo[i], hi[i]));
    }
    const widest = calibrated.reduce((a, b) => Math.max(a, b), 0);
    const shifts = calibrated.map((unit, block) => {
      const scale = at(x.scale, block * run);
      const unsaturated = shiftFor(worst[block]);
      // No more than its worst case takes: a block that is narrow by nature, as a joined operand can be, keeps its bits.
      const shift = Math.max(shiftFor(unit / scale), Math.min(shiftFor(widest / 8 / scale), unsaturated));
      return Math.max(shift, unsaturated - shift <= this.precision.coarsening ? unsaturated : 0);
    });
    // Consumers may rely on elements that share a scale, or whose scales repeat row by row: these share a shift.
    const features = x.shape.at(-1) ?? 1;
    const repeats = x.blocks === size && features > 1 && features < size;
    const shared = x.scale.length === 1 || repeats ? largestOfScale(shifts, x.scale) : shifts;
    return this.shifted(site, x, int32s(shared, "a shift"), kept);
  }

  /** Requantizes by given shifts, with saturation at `kept` where the worst case exceeds it by too much. */
  shifted(site: Site, x: Operand, shift: Int32Array, kept: Bounds, saturate?: boolean): Operand {
    const size = sizeOf(x.shape);
    const run = size / shift.length;
    const { lo, hi } = this.builder.intervals[x.tensor];
    const slack = 2 ** this.precision.headroom;
    const shrunk = (value: number, i: number) => value / 2 ** shift[Math.floor(i / run)];
    const beyond = hi.some((h, i) => shrunk(h, i) >= (kept.hi + 1) * slack - 0.5);
    const below = kept.lo < 0 && lo.some((l, i) => shrunk(l, i) < kept.lo * slack - 0.5);
    const clamp = saturate ?? (beyond || below);
    const unclamped = kept.lo === 0 && lo.some((l) => l < 0) ? 0 : -Infinity;
    const inside = lo.every((l) => l >= kept.lo) && hi.every((h) => h <= kept.hi);
    if (shift.every((f) => f === 0) && (inside || (!clamp && kept.lo < 0))) return x;
    const tensor = this.builder.add({
      kind: "requantize",
      name: site.name,
      size,
      input: x.tensor,
      blocks: shift.length,
      shift,
      lo: clamp ? kept.lo : unclamped,
      hi: clamp ? kept.hi : Infinity,
    });
    const scale = Float64Array.from(
      { length: size },
      (_, i) => at(x.scale, i) * 2 ** shift[Math.floor(i / run)],
    );
    return { ...x, tensor, scale: compact(scale), blocks: shift.length };
  }

  /**
   * Any function of one number, in the cheapest form that it has (see {@link chooseActivation}). An output of the
   * model gets a finer index than what is rounded on. Elements of different scales have a table for each scale. An offset
   * that would lose its meaning as a whole number of steps (log(x + 10^-5) near 0) becomes part of the function.
   * @param grid the integers that the result has in a model that is quantized already
   */
  activate(
    site: Site,
    operand: Operand,
    f: (x: number) => number,
    argument: Range,
    value: Range,
    grid?: Site["quantizedTo"],
  ): Operand {
    if (operand.scale.length > 1)
      return this.byScale(site, operand, (part, rangeOf) =>
        this.activate(site, part, f, rangeOf(argument), rangeOf(value), grid),
      );
    const { lo, hi } = hull(argument);
    const most = greatestMagnitude(value) || 1;
    const bits = site.final ? this.precision.tableBits : this.bitsOf(site).activationBits;
    const inside = offsetInside(operand, f, { lo, hi }, most / 2 ** bits);
    const x = inside === 0 ? this.settle(site.name, operand) : { ...operand, offset: new Float64Array(1) };
    const request = {
      f: inside === 0 ? f : (v: number) => f(v + inside),
      argument: { lo: lo - inside, hi: hi - inside },
      most,
      bits,
      grid,
    };
    const choose = (from: Operand) =>
      chooseActivation({ ...request, scale: from.scale[0], ...this.bounds(from) });
    const direct = choose(x);
    const input = direct === undefined ? this.saturated(site, x, request) : x;
    const { activation, unit } = (direct ?? choose(input))!;
    const tensor = this.builder.add({
      kind: "activate",
      name: site.name,
      size: sizeOf(x.shape),
      input: input.tensor,
      ...activation,
    });
    return {
      tensor,
      shape: x.shape,
      scale: new Float64Array([unit]),
      offset: new Float64Array(1),
      blocks: 1,
    };
  }

  /** The elements of each scale by themselves, put together again. @param apply gets them, and what picks their ranges */
  private byScale(
    site: Site,
    x: Operand,
    apply: (part: Operand, rangeOf: (range: Range) => Range) => Operand,
  ): Operand {
    const groups = new Map<number, number[]>();
    x.scale.forEach((scale, i) => {
      const group = groups.get(scale);
      if (group === undefined) groups.set(scale, [i]);
      else group.push(i);
    });
    const parts = [...groups.values()].map((elements) => {
      const pick = (all: Float64Array) => Float64Array.from(elements, (i) => all[i]);
      const index = int32sOf(elements.length, (i) => elements[i]);
      const part = this.view(site, [x], index, [elements.length]);
      return apply(part, ({ lo, hi }) => ({ lo: pick(lo), hi: pick(hi) }));
    });
    const place = new Int32Array(x.scale.length);
    [...groups.values()].flat().forEach((element, i) => (place[element] = i));
    return this.view(site, parts, place, x.shape);
  }

  /** An argument that can lie far beyond its calibrated range, saturated a little beyond it. */
  private saturated(
    site: Site,
    x: Operand,
    { argument, bits }: Pick<ActivationRequest, "argument" | "bits">,
  ): Operand {
    const { shift, lo } = tableRange(argument, bits, x.scale[0]);
    const kept = { lo, hi: lo + 2 ** bits - 1 };
    return this.shifted(site, x, int32s([shift], "a shift"), kept, true);
  }
}

/** Steps of an argument at which a function is looked at with its offset and without. */
const OFFSET_SAMPLES = 4096;

/** The offset of an operand, if a function that takes it rounded to steps would be off by more than a tolerance; else 0. */
function offsetInside(
  { scale, offset }: Operand,
  f: (x: number) => number,
  { lo, hi }: Bounds,
  tolerance: number,
): number {
  const [step, exact] = [scale[0], offset[0]];
  if (scale.length > 1 || offset.length > 1 || exact === 0 || !(step > 0) || !Number.isFinite(exact))
    return 0;
  const rounded = Math.floor(exact / step + 0.5) * step;
  const [from, to] = [Math.floor((lo - exact) / step), Math.ceil((hi - exact) / step)];
  const stride = Math.max(1, Math.ceil((to - from) / OFFSET_SAMPLES));
  for (let q = from; q <= to; q += stride) {
    // 0 is where poles are.
    for (const at of [q * step, 0]) {
      const value = f(at + exact);
      if (Number.isFinite(value) && !(Math.abs(value - f(at + rounded)) <= tolerance)) return exact;
    }
  }
  return 0;
}

/** For each element, or block of elements of one scale, the largest shift of all that have its scale. */
function largestOfScale(shifts: Float64Array, scale: Float64Array): Float64Array {
  const largest = new Map<number, number>();
  shifts.forEach((shift, i) => {
    const own = at(scale, i);
    largest.set(own, Math.max(largest.get(own) ?? 0, shift));
  });
  return shifts.map((_, i) => largest.get(at(scale, i))!);
}

/** The least shift that brings a number down to 1, or all there is of it to 0; 0 for one that is not above 1. */
function shiftFor(ratio: number): number {
  return ratio - 1e-9 <= 1 ? 0 : Math.min(MOST_SHIFT, ceilLog2(ratio - 1e-9));
}

function greatestMagnitude({ lo, hi }: Range): number {
  return Math.max(
    hi.reduce((a, b) => Math.max(a, Math.abs(b)), 0),
    lo.reduce((a, b) => Math.max(a, Math.abs(b)), 0),
  );
}
