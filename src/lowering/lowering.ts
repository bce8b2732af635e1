import { sizeOf } from "../graph/tensor.js";
import type { Shape, TensorType } from "../graph/types.js";
import type { ProgramBuilder } from "../program/builder.js";
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

  /** Moves elements: out[i] = x[index[i]] over the concatenated operands. */
  view(site: Site, inputs: readonly Operand[], index: Int32Array, shape: Shape): Operand {
    const scales = inputs.map((x) => x.scale);
    const uniform = scales.every((s) => s.length === 1 && s[0] === scales[0][0]);
    const pick = (field: "scale" | "offset") => {
      const all = inputs.flatMap((x) => Array.from({ length: sizeOf(x.shape) }, (_, i) => at(x[field], i)));
      return compact(Float64Array.from(index, (i) => (i < 0 ? (field === "scale" ? all[0] : 0) : all[i])));
    };
    const scale = pick("scale");
    const tensor = this.builder.add({
      kind: "view",
      name: site.name,
      size: index.length,
      inputs: inputs.map((x) => x.tensor),
      index,
    });
    return { tensor, shape, scale, offset: pick("offset"), blocks: uniform ? 1 : index.length };
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
    const scale = site.uniform
      ? new Float64Array([widest || 1])
      : perChannel.map((s, c) =>
          s === 0 ? widest || 1 : s * this.shrinkFactor(narrow, map, folded.weights, c, s),
        );
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
    const shift = Int32Array.from(reach, (unit, block) =>
      Math.max(0, Math.ceil(Math.log2(Math.max(unit, widest / 8) / at(x.scale, block * run) - 1e-9))),
    );
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
    if (!clamp && kept.least < 0 && shift.every((f) => f === 0)) return x;
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
    if (x.offset.every((o) => o === 0) && x.scale.every((s) => s > 0)) return x;
    const size = sizeOf(x.shape);
    const run = size / x.blocks;
    const tensor = this.builder.add({
      kind: "linear",
      name,
      size,
      inputs: [x.tensor],
      channels: x.blocks,
      positions: size / x.blocks,
      taps: 1,
      groups: x.blocks,
      weights: Int32Array.from({ length: x.blocks }, (_, block) => Math.sign(at(x.scale, block * run))),
      index: Int32Array.from({ length: size }, (_, i) => i),
      bias: Float64Array.from({ length: size }, (_, i) =>
        roundHalfUp(at(x.offset, i) / Math.abs(at(x.scale, i))),
      ),
    });
    return { ...x, tensor, scale: x.scale.map(Math.abs), offset: new Float64Array(1) };
  }

  /**
   * A bounded function by a table of 2^tableBits entries over [-reach, reach), saturated beyond. The operand must
   * have one scale.
   * @param f the function; @param reach beyond which it is as good as constant; @param resolution of its values
   */
  table(site: Site, operand: Operand, f: (x: number) => number, reach: number, resolution: number): Operand {
    const x = this.settle(site.name, operand);
    const half = 2 ** (this.precision.tableBits - 1);
    const shift = Math.max(0, Math.ceil(Math.log2(reach / half / x.scale[0])));
    const index = this.shifted(site, x, Int32Array.of(shift), { least: -half, greatest: half - 1 }, true);
    const tensor = this.builder.add({
      kind: "table",
      name: site.name,
      size: sizeOf(x.shape),
      input: index.tensor,
      lo: -half,
      table: Int32Array.from({ length: 2 * half }, (_, i) =>
        roundHalfUp(f((i - half) * index.scale[0]) / resolution),
      ),
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

/** floor(x + 1/2), as everywhere. */
export function roundHalfUp(x: number): number {
  return Math.floor(x + 0.5);
}

/**
 * Folds an operand's scale into the weights, its offset into the bias: the map on its integers. Where the offset
 * is not zero the bias gets one entry an output element, since padding has no offset.
 */
function foldScale(x: Operand, map: LinearMap): { weights: Float64Array; bias: Float64Array } {
  const { channels, positions, taps, groups, index } = map;
  const weights = new Float64Array(map.weights.length);
  const offset = x.offset.some((o) => o !== 0);
  const bias = offset ? spread(map.bias, channels * positions) : map.bias;
  for (let c = 0; c < channels; c++) {
    const group = Math.floor((c * groups) / channels);
    for (let k = 0; k < taps; k++) {
      const w = map.weights[c * taps + k];
      let scale: number | undefined;
      for (let p = 0; p < positions; p++) {
        const i = index[(group * positions + p) * taps + k];
        if (i < 0) continue;
        const own = at(x.scale, i);
        if (scale !== undefined && own !== scale)
          throw new Error("a shared weight reads elements of different scale");
        scale = own;
        if (offset) bias[c * positions + p] += w * at(x.offset, i);
      }
      weights[c * taps + k] = w * (scale ?? 0);
    }
  }
  return { weights, bias };
}
