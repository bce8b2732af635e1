import { int32s } from "../program/int32.js";
import type { Intervals } from "../program/operations/bounds.js";
import { sameNumbers } from "../program/shared.js";
import { greatest, latticeScale } from "./lattice.js";
import { foldScale, roundHalfUp } from "./numbers.js";
import { at, type Operand } from "./operand.js";
import type { LinearMap, Site } from "./types.js";
import { ScaleChoice } from "./weightScale.js";
import { roundLog2 } from "../elementary/powersOfTwo.js";

/** The integer weights of a layer. */
export interface QuantizedWeights {
  readonly weights: Int32Array;
  readonly bias: Float64Array;
  /** Of a result's step: one for all, or one per channel. */
  readonly scale: Float64Array;
  /** Whether all weights are the model's own integers. */
  readonly own: boolean;
}

/** What the weights of a layer are made from. */
export interface LayerInput {
  readonly x: Operand;
  readonly intervals: Intervals;
  readonly map: LinearMap;
  readonly site: Site;
  readonly weightBits: number;
  /** The step that the only consumer gives its result, where it gives one: 2^f units of an accumulator must make it. */
  readonly step: number | undefined;
}

/** Quantizes the weights of a layer, with more or less loss: what these have in common is computed once. */
export class LayerWeights {
  private readonly quantizedBy = new Map<number, QuantizedWeights>();
  private readonly folded: { readonly weights: Float64Array; readonly bias: Float64Array };
  private readonly finest: readonly number[];
  private readonly widest: number;
  private readonly lattices: readonly (number | undefined)[];
  private readonly choice: ScaleChoice;

  constructor(private readonly input: LayerInput) {
    const { x, intervals, map, site, weightBits, step } = input;
    this.folded = foldScale(x, map);
    const part = (all: Float64Array, c: number) =>
      all.subarray(...[c, c + 1].map((i) => (i * all.length) / map.channels));
    const rows = Array.from({ length: map.channels }, (_, c) => ({
      weights: part(this.folded.weights, c),
      bias: part(this.folded.bias, c),
    }));
    this.finest = rows.map((row) => greatest(row.weights) / (2 ** (weightBits - 1) - 1));
    this.widest = this.finest.reduce((a, b) => Math.max(a, b), 0) || 1;
    this.lattices = hasOneScale(site)
      ? [latticeScale(this.folded, this.widest, step)]
      : rows.map((row, c) => latticeScale(row, this.finest[c], step));
    this.choice = new ScaleChoice({ x: intervals, map, ...this.folded }, site);
  }

  /** Whether the weights for another input are these. */
  isFor({ x, intervals, map, site, weightBits, step }: LayerInput): boolean {
    const own = this.input;
    return (
      intervals === own.intervals &&
      weightBits === own.weightBits &&
      step === own.step &&
      hasOneScale(site) === hasOneScale(own.site) &&
      site.rectified === own.site.rectified &&
      sameNumbers(site.pooling?.index ?? [], own.site.pooling?.index ?? []) &&
      sameNumbers(x.scale, own.x.scale) &&
      sameNumbers(x.offset, own.x.offset) &&
      [map.channels, map.groups].join() === [own.map.channels, own.map.groups].join() &&
      sameNumbers(map.index, own.map.index) &&
      sameNumbers(map.bias, own.map.bias) &&
      sameNumbers(map.weights, own.map.weights)
    );
  }

  /** @param weightLoss sixteenths of a bit of precision that the weights may lose, as in `Precision` */
  quantized(weightLoss: number): QuantizedWeights {
    const known = this.quantizedBy.get(weightLoss) ?? this.quantize(weightLoss);
    this.quantizedBy.set(weightLoss, known);
    return known;
  }

  private quantize(weightLoss: number): QuantizedWeights {
    const { map } = this.input;
    const { weights, bias } = this.folded;
    const scale = Float64Array.from(this.lattices, (lattice, c) => lattice ?? this.scaleOf(c, weightLoss));
    const own = this.lattices.every((lattice, c) => lattice !== undefined || this.isZero(c));
    return {
      weights: int32s(rounded(weights, scale, map.taps), "a weight"),
      bias: rounded(bias, scale, bias.length / map.channels),
      scale,
      own,
    };
  }

  /** The scale of weights that are not integers already: the cheapest, snapped to the consumer's step. */
  private scaleOf(channel: number, weightLoss: number): number {
    const { site, step } = this.input;
    if (hasOneScale(site) || this.isZero(channel)) return snapped(this.widest, step);
    return snapped(this.choice.cheapest(this.finest[channel], channel, weightLoss), step);
  }

  private isZero(channel: number): boolean {
    return !hasOneScale(this.input.site) && this.finest[channel] === 0;
  }
}

function hasOneScale({ uniform, final }: Site): boolean {
  return uniform || final;
}

/** Integers nearest to values, `each` of them in turn with a scale of their own or all with one. */
function rounded(values: Float64Array, scale: Float64Array, each: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++)
    result[i] = roundHalfUp(values[i] / at(scale, Math.floor(i / each)));
  return result;
}

/** The scale nearest to `scale` of which 2^f make a step. */
function snapped(scale: number, step: number | undefined): number {
  return step === undefined ? scale : step / 2 ** Math.max(0, roundLog2(step / scale));
}
