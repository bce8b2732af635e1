import { sizeOf } from "../tensor/tensor.js";
import type { Shape } from "../tensor/types.js";
import { joinedBy, sharingWeights, sharingWindows } from "./groups.js";
import { MASKED, VANISHING } from "./masks.js";
import { LayerWeights, type LayerInput, type QuantizedWeights } from "./layerWeights.js";
import { commonUnit } from "./numbers.js";
import { at, compact, spread, type Operand } from "./operand.js";
import { Quantizing } from "./quantizing.js";
import type { LinearMap, Site } from "./types.js";
import { int32s, int32sOf } from "../program/int32.js";
import { ceilLog2 } from "../elementary/powersOfTwo.js";

/** Sums and maxima: linear maps, elements added to each other, windows. */
export class Summing extends Quantizing {
  /** A linear map with weights quantized to `weightBits`; the result is the exact, wide accumulator. */
  linear(site: Site, x: Operand, map: LinearMap, shape: Shape): Operand {
    const roots = joinedBy(x, sharingWeights(map));
    // Blocks that share a weight may be narrowed by different shifts.
    const narrow = this.unified(
      site,
      this.narrow(site, this.unified(site, x, roots), site.inputRanges[0]),
      roots,
    );
    const size = map.channels * map.positions;
    const { weights, bias, scale, own } = this.weightsOf({
      x: narrow,
      intervals: this.builder.intervals[narrow.tensor],
      map,
      site,
      weightBits: this.bitsOf(site).weightBits,
      step: this.stepOf(site),
    });
    const { channels, positions, taps, groups, index } = map;
    const tensor = this.builder.add({
      kind: "linear",
      name: site.name,
      size,
      inputs: [narrow.tensor],
      ...{ channels, positions, taps, groups, weights, index, bias },
      ...(this.builder.secretWeights && { secret: true }),
    });
    if (!own) this.approximate.add(tensor);
    return {
      tensor,
      shape,
      scale: scale.length === 1 ? scale : compact(spread(scale, size)),
      offset: new Float64Array(1),
      blocks: map.channels,
    };
  }

  private weightsOf(input: LayerInput): QuantizedWeights {
    const { name } = input.site;
    const known = this.layers.get(name);
    const layer = known?.isFor(input) ? known : new LayerWeights(input);
    this.layers.set(name, layer);
    return layer.quantized(this.precision.weightLoss);
  }

  /** The step that the only consumer gives its result, where it gives one: 2^f units of an accumulator must make it. */
  private stepOf({ quantizedTo, saturatedBy }: Site): number | undefined {
    if (quantizedTo !== undefined || saturatedBy === undefined) return quantizedTo?.scale;
    return saturatedBy.bound / (2 ** this.bitsOf(saturatedBy).activationBits - 1);
  }

  /** out[i] = max over a window. `index` holds no padding. */
  max(site: Site, operand: Operand, window: number, index: Int32Array, shape: Shape): Operand {
    if (window === 1) return this.view(site, [operand], index, shape);
    const x = this.settle(
      site.name,
      this.unified(site, operand, joinedBy(operand, sharingWindows(index, window))),
    );
    const size = index.length / window;
    const first = (perElement: Float64Array) =>
      compact(Float64Array.from({ length: size }, (_, i) => at(perElement, index[i * window])));
    const tensor = this.builder.add({ kind: "max", name: site.name, size, input: x.tensor, window, index });
    const blocks = size % x.blocks === 0 ? x.blocks : x.scale.length === 1 ? 1 : size;
    return { tensor, shape, scale: first(x.scale), offset: x.offset, blocks };
  }

  /** Operands at one common scale, each by whole multiples of a finer unit. */
  align(site: Site, operands: readonly Operand[]): Operand[] {
    const scales = [...new Set(operands.flatMap((x) => Array.from(x.scale)))];
    if (scales.length === 1) return [...operands];
    const { unit, multiples } = commonUnit(scales, this.bitsOf(site).weightBits);
    return operands.map((x) => {
      const run = sizeOf(x.shape) / x.blocks;
      const weights = int32s(
        Array.from({ length: x.blocks }, (_, b) => multiples[scales.indexOf(at(x.scale, b * run))]),
        "a multiple of the operands' common unit",
      );
      return { ...this.scaled(site.name, x, weights), scale: new Float64Array([unit]) };
    });
  }

  /** x + y, element by element, of operands with one scale each. */
  add(site: Site, first: Operand, second: Operand, shape: Shape): Operand {
    const size = sizeOf(shape);
    const x = site.precise ? this.nearer(first, second) : first;
    const y = site.precise ? this.nearer(second, first) : second;
    const finest = Math.min(Math.abs(x.scale[0]), Math.abs(y.scale[0]));
    // What is large only to cancel an offset (a computed mask of -10,000) must not be off by a step of the other term.
    const exact = [x, y].map((term) => {
      const { lo, hi } = this.bounds(term);
      return term.offset.some((o) => o !== 0) ? finest / Math.max(1, -lo, hi) : Infinity;
    });
    const { unit, multiples } = commonUnit([x.scale[0], y.scale[0]], this.bitsOf(site).weightBits, exact);
    const tensor = this.builder.add({
      kind: "linear",
      name: site.name,
      size,
      inputs: [x.tensor, y.tensor],
      channels: 1,
      positions: size,
      taps: 2,
      groups: 1,
      weights: int32s(multiples, "a multiple of the operands' common unit"),
      index: int32sOf(2 * size, (i) => (i % 2) * size + Math.floor(i / 2)),
      bias: new Float64Array(1),
    });
    const offset = compact(Float64Array.from({ length: size }, (_, i) => at(x.offset, i) + at(y.offset, i)));
    return { tensor, shape, scale: new Float64Array([unit]), offset, blocks: 1 };
  }

  /**
   * A term of a softmax's argument of which every step leaves nothing of the shares behind it, as a mask is made: with
   * smaller steps, which do so too.
   */
  private nearer(term: Operand, other: Operand): Operand {
    const [own, unit] = [term, other].map(({ scale }) => Math.abs(scale[0])) as [number, number];
    const { lo, hi } = this.bounds(other);
    // What a constant mask hides stays so.
    const offsets = other.offset.filter((offset) => offset > MASKED);
    const reach = Math.max(-lo, hi) * unit + offsets.reduce((most, o) => Math.max(most, Math.abs(o)), 0);
    const step = unit * 2 ** ceilLog2((2 * reach + VANISHING) / unit);
    const steps = term.offset.map((offset) => offset / own);
    const isWhole = (x: number) => !Number.isFinite(x) || Math.abs(x - Math.round(x)) <= 1e-6;
    if (own <= step || !steps.every(isWhole)) return term;
    return {
      ...term,
      scale: Float64Array.of(Math.sign(term.scale[0]) * step),
      offset: steps.map((x) => Math.round(x) * step),
    };
  }

  /** out[i] = sum of x[index[i * taps + k]]; -1 is left out. */
  sum(site: Site, operand: Operand, taps: number, index: Int32Array, shape: Shape): Operand {
    const x = this.settle(
      site.name,
      this.unified(site, operand, joinedBy(operand, sharingWindows(index, taps))),
    );
    const size = sizeOf(shape);
    const tensor = this.builder.add({
      kind: "linear",
      name: site.name,
      size,
      inputs: [x.tensor],
      channels: 1,
      positions: size,
      taps,
      groups: 1,
      weights: new Int32Array(taps).fill(1),
      index,
      bias: new Float64Array(1),
    });
    const first = (i: number) => index.subarray(i * taps, (i + 1) * taps).find((source) => source >= 0) ?? 0;
    const scale = compact(Float64Array.from({ length: size }, (_, i) => at(x.scale, first(i))));
    const blocks = size % x.blocks === 0 ? x.blocks : scale.length === 1 ? 1 : size;
    return { tensor, shape, scale, offset: new Float64Array(1), blocks };
  }
}
