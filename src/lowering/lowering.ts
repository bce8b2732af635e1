import { broadcastStrides, sameShape, sizeOf, walk } from "../graph/tensor.js";
import type { Shape, Tensor, TensorType } from "../graph/types.js";
import { OperatorError } from "../operators/operator.js";
import type { ProgramBuilder } from "../program/builder.js";
import { commonUnit, foldScale, roundHalfUp } from "./numbers.js";
import { at, compact, spread, type Operand } from "./operand.js";

/** Precision of the integer program, in bits. */
export interface Precision {
  readonly inputBits: number;
  readonly weightBits: number;
  readonly activationBits: number;
  /** Index bits of table activations (sigmoid). */
  readonly tableBits: number;
  /**
   * How many bits beyond `activationBits` the worst case of an activation may need before it is saturated at its
   * calibrated range. Saturation costs two constraints; without it, later sums are wider.
   */
  readonly headroom: number;
}

/** The real values that a graph value took on the calibration samples, element by element. */
export interface Range {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

/** What a lowering rule knows of its node beside its operands. */
export interface Site {
  readonly name: string;
  readonly types: readonly TensorType[];
  readonly inputRanges: readonly Range[];
  readonly outputRanges: readonly Range[];
  /** Whether a consumer needs one scale for all elements of the output. */
  readonly uniform: boolean;
  /** Whether the output is one of the model's. */
  readonly final: boolean;
  /** Whether the output goes into a softmax, which needs finer steps than other consumers. */
  readonly precise: boolean;
  /** The bound at which the only consumer saturates from above (ReLU6): it must be a whole number of the scale. */
  readonly saturatesAt?: number;
}

/** A linear map on reals, in the form of LinearOperation. */
export interface LinearMap {
  readonly channels: number;
  readonly positions: number;
  readonly taps: number;
  readonly groups: number;
  readonly weights: Float64Array;
  readonly index: Int32Array;
  /** One a channel. */
  readonly bias: Float64Array;
}

/**
 * A channel's weights are shrunk by up to this many bits where that brings its accumulator below the next power of
 * two: it saves a constraint an output for half a bit of weight precision at most.
 */
const MAX_SHRINK_BITS = 0.5;

/** Turns operations on real-valued operands into integer operations: the vocabulary of the lowering rules. */
export class Lowering {
  constructor(
    readonly builder: ProgramBuilder,
    readonly precision: Precision,
  ) {}

  /** The least and greatest integers over an operand's elements. */
  bounds(x: Operand): { lo: number; hi: number } {
    return this.builder.bounds(x.tensor);
  }

  /**
   * Moves elements: out[i] = x[index[i]] over the concatenated operands.
   * @param constants real values of the elements whose index is -1; 0 by default
   */
  view(
    site: Site,
    inputs: readonly Operand[],
    index: Int32Array,
    shape: Shape,
    constants?: Float64Array,
  ): Operand {
    const flat = (field: "scale" | "offset") =>
      inputs.flatMap((x) => Array.from({ length: sizeOf(x.shape) }, (_, i) => at(x[field], i)));
    const [scales, offsets] = [flat("scale"), flat("offset")];
    const scale = compact(Float64Array.from(index, (i) => scales[Math.max(i, 0)]));
    const offset = compact(Float64Array.from(index, (i, o) => (i < 0 ? (constants?.[o] ?? 0) : offsets[i])));
    const tensor = this.builder.add({
      kind: "view",
      name: site.name,
      size: index.length,
      inputs: inputs.map((x) => x.tensor),
      index,
    });
    return { tensor, shape, scale, offset, blocks: scale.length === 1 ? 1 : index.length };
  }

  /** Repeats an operand to a larger shape, as NumPy does. */
  broadcast(site: Site, x: Operand, shape: Shape): Operand {
    if (sameShape(x.shape, shape)) return x;
    if (sizeOf(x.shape) === sizeOf(shape)) return this.reshape(x, shape);
    const index = new Int32Array(sizeOf(shape));
    walk(shape, broadcastStrides(x.shape, shape), 0, (position, source) => (index[position] = source));
    return this.view(site, [x], index, shape);
  }

  /** The same elements under another shape. */
  reshape(x: Operand, shape: Shape): Operand {
    return { ...x, shape };
  }

  /** A linear map with weights quantised to `weightBits`; the result is the exact, wide accumulator. */
  linear(site: Site, x: Operand, map: LinearMap, shape: Shape): Operand {
    const narrow = this.narrow(site, x, site.inputRanges[0]);
    const folded = foldScale(narrow, map);
    const size = map.channels * map.positions;
    const limit = 2 ** (this.precision.weightBits - 1) - 1;
    const perChannel = Float64Array.from({ length: map.channels }, (_, c) => {
      const row = folded.weights.subarray(c * map.taps, (c + 1) * map.taps);
      return row.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / limit;
    });
    const widest = perChannel.reduce((a, b) => Math.max(a, b), 0);
    const chosen = site.uniform
      ? new Float64Array([widest || 1])
      : perChannel.map((s, c) =>
          s === 0 ? widest || 1 : s * this.shrinkFactor(narrow, map, folded.weights, c, s),
        );
    const scale = chosen.map((s) => this.snapped(s, site.saturatesAt));
    const channelScale = (c: number) => at(scale, c);
    const tensor = this.builder.add({
      kind: "linear",
      name: site.name,
      size,
      inputs: [narrow.tensor],
      channels: map.channels,
      positions: map.positions,
      taps: map.taps,
      groups: map.groups,
      weights: Int32Array.from(folded.weights, (w, i) =>
        roundHalfUp(w / channelScale(Math.floor(i / map.taps))),
      ),
      index: map.index,
      bias: folded.bias.map((b, i) =>
        roundHalfUp(
          b / channelScale(folded.bias.length === map.channels ? i : Math.floor(i / map.positions)),
        ),
      ),
    });
    return {
      tensor,
      shape,
      scale: scale.length === 1 ? scale : compact(spread(scale, size)),
      offset: new Float64Array(1),
      blocks: map.channels,
    };
  }

  /** The scale nearest to `scale` of which 2^f steps make the greatest activation just `bound`. */
  private snapped(scale: number, bound: number | undefined): number {
    if (bound === undefined) return scale;
    const unit = bound / (2 ** this.precision.activationBits - 1);
    return unit / 2 ** Math.max(0, Math.round(Math.log2(unit / scale)));
  }

  /** See MAX_SHRINK_BITS. The accumulator's width is that of its interval at the position where it is widest. */
  private shrinkFactor(x: Operand, map: LinearMap, weights: Float64Array, c: number, scale: number): number {
    const { lo, hi } = this.builder.intervals[x.tensor];
    const group = Math.floor((c * map.groups) / map.channels);
    let width = 1;
    for (let p = 0; p < map.positions; p++) {
      let sum = 0;
      for (let k = 0; k < map.taps; k++) {
        const i = map.index[(group * map.positions + p) * map.taps + k];
        if (i >= 0) sum += Math.abs(weights[c * map.taps + k]) * (hi[i] - lo[i]);
      }
      width = Math.max(width, sum / scale);
    }
    const excess = Math.log2(width) % 1;
    // A little more than the excess: rounding the weights can widen the interval again.
    return excess <= MAX_SHRINK_BITS ? 2 ** (excess + 0.005) : 1;
  }

  /** out[i] = max over a window of elements that share a scale. `index` holds no padding. */
  max(site: Site, operand: Operand, window: number, index: Int32Array, shape: Shape): Operand {
    if (window === 1) return this.view(site, [operand], index, shape);
    const x = this.settle(site.name, operand);
    const size = index.length / window;
    const first = (perElement: Float64Array) =>
      compact(Float64Array.from({ length: size }, (_, i) => at(perElement, index[i * window])));
    const tensor = this.builder.add({ kind: "max", name: site.name, size, input: x.tensor, window, index });
    const blocks = size % x.blocks === 0 ? x.blocks : x.scale.length === 1 ? 1 : size;
    return { tensor, shape, scale: first(x.scale), offset: x.offset, blocks };
  }

  /** max(0, x), fused with the requantisation that a wide accumulator needs anyway. */
  relu(site: Site, operand: Operand, range: Range): Operand {
    const x = this.settle(site.name, operand);
    const { lo } = this.bounds(x);
    if (lo >= 0) return this.narrow(site, x, range);
    return this.requantize(site, x, range, { least: 0, greatest: 2 ** this.precision.activationBits - 1 });
  }

  /** An operand that later sums can afford: requantised to `activationBits` where it is wider. */
  narrow(site: Site, operand: Operand, range: Range): Operand {
    const { lo, hi } = this.bounds(operand);
    const { activationBits, inputBits, headroom } = this.precision;
    if (hi - lo < 2 ** (Math.max(activationBits, inputBits) + headroom)) return operand;
    const half = 2 ** (activationBits - 1);
    return this.requantize(site, this.settle(site.name, operand), range, {
      least: -half,
      greatest: half - 1,
    });
  }

  /**
   * Shifts each block down until its calibrated range fits [least, greatest]; then saturates there, unless the
   * worst case exceeds it by no more than `headroom` bits. A block that hardly moved on the samples keeps at least
   * an eighth of the widest block's range.
   */
  private requantize(
    site: Site,
    x: Operand,
    range: Range,
    kept: { least: number; greatest: number },
  ): Operand {
    const size = sizeOf(x.shape);
    const run = size / x.blocks;
    const reach = new Float64Array(x.blocks);
    for (let i = 0; i < size; i++) {
      const needed = Math.max(range.hi[i] / kept.greatest, kept.least < 0 ? range.lo[i] / kept.least : 0);
      const block = Math.floor(i / run);
      reach[block] = Math.max(reach[block], needed);
    }
    const widest = reach.reduce((a, b) => Math.max(a, b), 0);
    const shifts = reach.map((unit, block) =>
      Math.max(0, Math.ceil(Math.log2(Math.max(unit, widest / 8) / at(x.scale, block * run) - 1e-9))),
    );
    // Consumers may rely on elements that share a scale, or whose scales repeat row by row: these share a shift.
    if (x.scale.length === 1 || x.blocks === size) shifts.fill(shifts.reduce((p, q) => Math.max(p, q)));
    const shift = Int32Array.from(shifts);
    return this.shifted(site, x, shift, kept);
  }

  /** Requantises by given shifts, with saturation at `kept` where the worst case exceeds it by too much. */
  shifted(
    site: Site,
    x: Operand,
    shift: Int32Array,
    kept: { least: number; greatest: number },
    saturate?: boolean,
  ): Operand {
    const size = sizeOf(x.shape);
    const run = size / shift.length;
    const { lo, hi } = this.builder.intervals[x.tensor];
    const slack = 2 ** this.precision.headroom;
    const shrunk = (value: number, i: number) => value / 2 ** shift[Math.floor(i / run)];
    const beyond = hi.some((h, i) => shrunk(h, i) >= (kept.greatest + 1) * slack - 0.5);
    const below = kept.least < 0 && lo.some((l, i) => shrunk(l, i) < kept.least * slack - 0.5);
    const clamp = saturate ?? (beyond || below);
    const unclampedMin = kept.least === 0 ? 0 : -Infinity;
    const inside = lo.every((l) => l >= kept.least) && hi.every((h) => h <= kept.greatest);
    if (shift.every((f) => f === 0) && (inside || (!clamp && kept.least < 0))) return x;
    const tensor = this.builder.add({
      kind: "requantize",
      name: site.name,
      size,
      input: x.tensor,
      blocks: shift.length,
      shift,
      min: clamp ? kept.least : unclampedMin,
      max: clamp ? kept.greatest : Infinity,
    });
    const scale = Float64Array.from(
      { length: size },
      (_, i) => at(x.scale, i) * 2 ** shift[Math.floor(i / run)],
    );
    return { ...x, tensor, scale: compact(scale), blocks: shift.length };
  }

  /** Makes a symbolic offset and sign part of the integers: 0 means 0, and greater means greater. */
  settle(name: string, x: Operand): Operand {
    if (x.offset.some((o) => !Number.isFinite(o))) {
      throw new OperatorError("masked elements (-inf) are supported in front of a softmax only");
    }
    if (x.offset.every((o) => o === 0) && x.scale.every((s) => s > 0)) return x;
    const size = sizeOf(x.shape);
    const run = size / x.blocks;
    const weights = Int32Array.from({ length: x.blocks }, (_, block) => Math.sign(at(x.scale, block * run)));
    const bias = Float64Array.from({ length: size }, (_, i) =>
      roundHalfUp(at(x.offset, i) / Math.abs(at(x.scale, i))),
    );
    return {
      ...this.scaled(name, x, weights, bias),
      scale: x.scale.map(Math.abs),
      offset: new Float64Array(1),
    };
  }

  /** `narrow`, for sums that can bear some bits more: only where an operand would make them needlessly wide. */
  affordable(site: Site, x: Operand, range: Range): Operand {
    const { lo, hi } = this.bounds(x);
    return hi - lo < 2 ** (this.precision.activationBits + SUM_SLACK_BITS) ? x : this.narrow(site, x, range);
  }

  /**
   * min(max(x, 0), bound), where the bound is a whole number of x's scale (see `Site.saturatesAt`).
   * @returns undefined where it is not
   */
  saturate(site: Site, operand: Operand, bound: number): Operand | undefined {
    const x = this.settle(site.name, operand);
    const greatest = 2 ** this.precision.activationBits - 1;
    const run = sizeOf(x.shape) / x.blocks;
    const shifts = Float64Array.from({ length: x.blocks }, (_, b) =>
      Math.log2(bound / greatest / at(x.scale, b * run)),
    );
    if (shifts.some((f) => f < -1e-9 || Math.abs(f - Math.round(f)) > 1e-9)) return undefined;
    return this.shifted(site, x, Int32Array.from(shifts, Math.round), { least: 0, greatest }, true);
  }

  /** -x, by its scale. */
  negate(x: Operand): Operand {
    return { ...x, scale: x.scale.map((s) => -s), offset: x.offset.map((o) => -o) };
  }

  /** Operands at one common scale, each by whole multiples of a finer unit. */
  align(site: Site, operands: readonly Operand[]): Operand[] {
    const scales = [...new Set(operands.flatMap((x) => Array.from(x.scale)))];
    if (scales.length === 1) return [...operands];
    const { unit, multiples } = commonUnit(scales, this.precision.weightBits);
    return operands.map((x) => {
      const run = sizeOf(x.shape) / x.blocks;
      const weights = Int32Array.from(
        { length: x.blocks },
        (_, b) => multiples[scales.indexOf(at(x.scale, b * run))],
      );
      return { ...this.scaled(site.name, x, weights), scale: new Float64Array([unit]) };
    });
  }

  /** Multiplies the integers of each block by a weight, and adds one a element. */
  private scaled(name: string, x: Operand, weights: Int32Array, bias?: Float64Array): Operand {
    const size = sizeOf(x.shape);
    const tensor = this.builder.add({
      kind: "linear",
      name,
      size,
      inputs: [x.tensor],
      channels: x.blocks,
      positions: size / x.blocks,
      taps: 1,
      groups: x.blocks,
      weights,
      index: Int32Array.from({ length: size }, (_, i) => i),
      bias: bias ?? new Float64Array(x.blocks),
    });
    return { ...x, tensor };
  }

  /** x + y, element by element, of operands with one scale each. */
  add(site: Site, x: Operand, y: Operand, shape: Shape): Operand {
    const size = sizeOf(shape);
    const { unit, multiples } = commonUnit([x.scale[0], y.scale[0]], this.precision.weightBits);
    const tensor = this.builder.add({
      kind: "linear",
      name: site.name,
      size,
      inputs: [x.tensor, y.tensor],
      channels: 1,
      positions: size,
      taps: 2,
      groups: 1,
      weights: Int32Array.from(multiples),
      index: Int32Array.from({ length: 2 * size }, (_, i) => (i % 2) * size + Math.floor(i / 2)),
      bias: new Float64Array(1),
    });
    const offset = compact(Float64Array.from({ length: size }, (_, i) => at(x.offset, i) + at(y.offset, i)));
    return { tensor, shape, scale: new Float64Array([unit]), offset, blocks: 1 };
  }

  /** out[i] = sum of x[index[i * taps + k]]; -1 is left out. Each sum is over elements of one scale. */
  sum(site: Site, operand: Operand, taps: number, index: Int32Array, shape: Shape): Operand {
    const x = this.settle(site.name, operand);
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
   * a [batch, rows, inner] times b [batch, inner, columns], of settled operands with one scale each, requantised to
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
    const bits = this.precision.activationBits - 1 + (site.precise ? SOFTMAX_BITS : 0);
    const unit = a.scale[0] * b.scale[0];
    const shift = Math.max(0, Math.ceil(Math.log2(reach / (2 ** bits - 1) / unit)));
    const size = sizeOf(shape);
    const tensor = this.builder.add({ kind: "matmul", name: site.name, size, inputs, ...dimensions, shift });
    return {
      tensor,
      shape,
      scale: new Float64Array([unit * 2 ** shift]),
      offset: new Float64Array(1),
      blocks: 1,
    };
  }

  /** Rows of a constant table [rows, width], chosen by computed indices. */
  lookup(site: Site, table: Tensor, x: Operand, shape: Shape): Operand {
    if (x.scale.some((s) => s !== 1) || x.offset.some((o) => o !== 0)) {
      throw new OperatorError("an index must be an integer input of the model");
    }
    const width = sizeOf(table.shape.slice(1));
    const most = table.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
    const scale = most / (2 ** (this.precision.weightBits - 1) - 1);
    const tensor = this.builder.add({
      kind: "lookup",
      name: site.name,
      size: sizeOf(shape),
      input: x.tensor,
      width,
      table: Int32Array.from(table.data, (value) => roundHalfUp(value / scale)),
    });
    return { tensor, shape, scale: new Float64Array([scale]), offset: new Float64Array(1), blocks: 1 };
  }

  /**
   * Layer norm (centred) or RMS norm of each run of `row` elements, without weight and bias: x must be settled and of
   * one scale. @param epsilon added to the mean square, in real units
   */
  normalize(site: Site, x: Operand, row: number, centred: boolean, epsilon: number): Operand {
    const meanBits = centred ? MEAN_BITS : 0;
    const unit = x.scale[0] / 2 ** meanBits;
    const { lo, hi } = this.bounds(x);
    const size = sizeOf(x.shape);
    const kept = this.precision.activationBits;
    // Roots of typical sums of squares keep as many bits as the outputs, and two more.
    const root = Math.log2(Math.sqrt(row) * 2 ** meanBits * Math.max(1, (hi - lo) / 8));
    const rootBits = Math.min(60, kept + 2 + Math.ceil(root));
    const tensor = this.builder.add({
      kind: "normalize",
      name: site.name,
      size,
      input: x.tensor,
      row,
      centred,
      meanBits,
      epsilon: Math.max(1, roundHalfUp((epsilon * row) / unit ** 2)),
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

  /** The lowest index of the greatest of each run of `classes` elements. */
  argmax(site: Site, x: Operand, classes: number, shape: Shape): Operand {
    const input = this.settle(site.name, x).tensor;
    const tensor = this.builder.add({ kind: "argmax", name: site.name, size: sizeOf(shape), input, classes });
    return { tensor, shape, scale: new Float64Array([1]), offset: new Float64Array(1), blocks: 1 };
  }

  /**
   * Any function of one number, by a table of 2^tableBits entries over the calibrated range of its argument, a little
   * widened; saturated beyond. The operand must have one scale.
   */
  table(site: Site, operand: Operand, f: (x: number) => number, argument: Range, value: Range): Operand {
    const x = this.settle(site.name, operand);
    const { tableBits, activationBits } = this.precision;
    const entries = 2 ** tableBits;
    const [low, high] = [Math.min(...argument.lo), Math.max(...argument.hi)];
    const margin = (high - low || 1) * TABLE_MARGIN;
    const span = high - low + 2 * margin;
    const shift = Math.max(0, Math.ceil(Math.log2(span / (entries - 1) / x.scale[0]) - 1e-9));
    const step = x.scale[0] * 2 ** shift;
    const least = Math.floor((low + high) / 2 / step) - entries / 2;
    const kept = { least, greatest: least + entries - 1 };
    const index = this.shifted(site, x, Int32Array.of(shift), kept, true);
    const most = Math.max(...value.lo.map(Math.abs), ...value.hi.map(Math.abs)) || 1;
    const resolution = most / (2 ** (site.final ? tableBits : activationBits) - 1);
    const tensor = this.builder.add({
      kind: "table",
      name: site.name,
      size: sizeOf(x.shape),
      input: index.tensor,
      lo: least,
      table: Int32Array.from({ length: entries }, (_, i) => roundHalfUp(f((i + least) * step) / resolution)),
    });
    return {
      tensor,
      shape: x.shape,
      scale: new Float64Array([resolution]),
      offset: new Float64Array(1),
      blocks: 1,
    };
  }
}

/** Bits beyond those of an activation up to which an operand goes into a sum as it is. */
const SUM_SLACK_BITS = 10;

/** Fraction bits of a layer norm's mean. */
const MEAN_BITS = 2;

/** Bits that scores keep in front of a softmax, beyond those of an activation. */
const SOFTMAX_BITS = 2;

/** By how much of its calibrated range, at each end, a table reaches further. */
const TABLE_MARGIN = 1 / 16;

/** A node's computed input, requantised to activation bits where it is wider. */
export function narrowed(lowering: Lowering, site: Site, x: Operand, input: number): Operand {
  return lowering.narrow(site, x, site.inputRanges[input]);
}
