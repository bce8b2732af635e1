import { broadcastStrides, sameShape, sizeOf, walk } from "../tensor/tensor.js";
import type { Shape } from "../tensor/types.js";
import { OperatorError } from "../errors/operatorError.js";
import type { ProgramBuilder } from "../program/builder.js";
import type { LayerWeights } from "./layerWeights.js";
import { commonUnit, roundHalfUp } from "./numbers.js";
import { at, blocksOf, compact, type Operand } from "./operand.js";
import type { Precision, Site } from "./types.js";
import { int32s, int32sOf } from "../program/int32.js";

/** Up to so many steps between its bounds an operand is too coarse for an offset to be rounded to its steps. */
const COARSE_STEPS = 2;
const MOST_PARTS = 64;

/** Moves operands about and keeps their symbolic scales and offsets in order: nothing here costs a constraint. */
export class Moves {
  constructor(
    readonly builder: ProgramBuilder,
    readonly precision: Precision,
    /** The weights of layers, by name: what is the same for other precisions is not computed again. */
    protected readonly layers = new Map<string, LayerWeights>(),
  ) {}

  /** The bits of a layer: its own where it has some, else the model's. */
  bitsOf({ name }: Pick<Site, "name">): { weightBits: number; activationBits: number } {
    const { weightBits, activationBits, layers } = this.precision;
    return { weightBits, activationBits, ...layers?.[name] };
  }

  /** The least and greatest integers over an operand's elements. */
  bounds(x: Operand): { lo: number; hi: number } {
    return this.builder.bounds(x.tensor);
  }

  /**
   * Moves elements: out[i] = x[index[i]] over the concatenated operands.
   * @param constants real values of the elements whose index is -1; 0 by default
   */
  view(
    site: Pick<Site, "name">,
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

  /**
   * The integers of x with other scales and offsets, one per element. An element whose scale would be 0 is a constant:
   * its offset, whatever x is.
   */
  rescaled(site: Site, x: Operand, scale: Float64Array, offset: Float64Array): Operand {
    const { shape } = x;
    if (scale.every((s) => s === 0)) return this.constant(site, x, offset, shape);
    const rescaled = { shape, offset: compact(offset) };
    if (!scale.includes(0)) {
      const own = compact(scale);
      return {
        ...rescaled,
        tensor: x.tensor,
        scale: own,
        blocks: own.length === 1 ? x.blocks : scale.length,
      };
    }
    const nowhere = int32sOf(scale.length, (i) => (scale[i] === 0 ? -1 : i));
    // A constant takes any scale: that of its neighbor, with which it may share a channel.
    const first = scale.find((s) => s !== 0)!;
    const filled = scale.slice();
    filled.forEach((s, i) => (filled[i] = s === 0 ? (i === 0 ? first : filled[i - 1]) : s));
    const own = compact(filled);
    const { tensor } = this.view(site, [x], nowhere, shape);
    return { ...rescaled, tensor, scale: own, blocks: own.length === 1 ? 1 : scale.length };
  }

  /** The number 0 in every place, as an index can be, whatever `x` is. */
  zeros(site: Site, x: Operand, shape: Shape): Operand {
    const nowhere = new Int32Array(sizeOf(shape)).fill(-1);
    const { tensor } = this.view(site, [x], nowhere, shape);
    return { tensor, shape, scale: Float64Array.of(1), offset: new Float64Array(1), blocks: 1 };
  }

  /** Constants as an operand: what is computed of `x` whatever it is. @param values real ones, one per element */
  constant(site: Site, x: Operand, values: Float64Array, shape: Shape): Operand {
    const { tensor } = this.zeros(site, x, shape);
    const finite = values.filter(Number.isFinite);
    const most = finite.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
    const scale = Float64Array.of(most / (2 ** (this.bitsOf(site).activationBits - 1) - 1 || 1));
    return { tensor, shape, scale, offset: compact(values), blocks: 1 };
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

  /** -x, by its scale. */
  negate(x: Operand): Operand {
    return { ...x, scale: x.scale.map((s) => -s), offset: x.offset.map((o) => -o) };
  }

  /** Makes a symbolic offset and sign part of the integers: 0 means 0, and greater means greater. */
  settle(name: string, x: Operand): Operand {
    this.requireFinite(x);
    if (x.offset.every((o) => o === 0) && x.scale.every((s) => s > 0)) return x;
    const size = sizeOf(x.shape);
    const run = size / x.blocks;
    const finer = this.partsOfStep(x);
    const weights = int32s(
      Array.from({ length: x.blocks }, (_, block) => finer * Math.sign(at(x.scale, block * run))),
      "a sign",
    );
    const bias = Float64Array.from({ length: size }, (_, i) =>
      roundHalfUp((finer * at(x.offset, i)) / Math.abs(at(x.scale, i))),
    );
    return {
      ...this.scaled(name, x, weights, bias),
      scale: x.scale.map((s) => Math.abs(s) / finer),
      offset: new Float64Array(1),
    };
  }

  /** Into how many parts a step has to be divided for offsets to keep their meaning: a flag has one step in all. */
  private partsOfStep(x: Operand): number {
    const { lo, hi } = this.bounds(x);
    if (hi - lo > COARSE_STEPS) return 1;
    const places = Array.from({ length: Math.max(x.offset.length, x.scale.length) }, (_, i) => i);
    const isLost = (parts: number) =>
      places.some((i) => {
        const steps = (parts * at(x.offset, i)) / at(x.scale, i);
        return Math.abs(steps - Math.round(steps)) > 1e-9 * Math.max(1, Math.abs(steps));
      });
    let parts = 1;
    while (parts < MOST_PARTS && isLost(parts)) parts *= 2;
    return parts;
  }

  protected requireFinite({ offset }: Operand): void {
    if (!offset.every(Number.isFinite))
      throw new OperatorError("masked elements (-inf) are supported in front of a softmax only");
  }

  /**
   * An operand of which the elements of each group have one scale: a multiple of a finer one, where they had several.
   * An average over an edge has other scales than one inside, a factor per position gives each position its own.
   *
   * @param roots for each element the number of one that stands for its group
   */
  protected unified(site: Site, x: Operand, roots: readonly number[]): Operand {
    if (x.scale.length === 1) return x;
    const scales = new Map<number, Set<number>>();
    roots.forEach((root, i) => scales.set(root, (scales.get(root) ?? new Set()).add(x.scale[i])));
    if ([...scales.values()].every(({ size }) => size === 1)) return x;
    const units = new Map<number, { unit: number; multiples: Map<number, number> }>();
    for (const [root, set] of scales) {
      const own = [...set];
      const { unit, multiples } =
        own.length === 1
          ? { unit: Math.abs(own[0]), multiples: [Math.sign(own[0])] }
          : commonUnit(own, this.bitsOf(site).weightBits);
      units.set(root, { unit, multiples: new Map(own.map((scale, k) => [scale, multiples[k]])) });
    }
    const unitOf = (i: number) => units.get(roots[i])!;
    const weights = x.scale.map((own, i) => unitOf(i).multiples.get(own)!);
    const scale = compact(x.scale.map((_, i) => unitOf(i).unit));
    const multiplied = this.scaled(
      site.name,
      { ...x, blocks: x.scale.length },
      int32s(weights, "a multiple of the operands' common unit"),
    );
    return { ...multiplied, scale, blocks: blocksOf(scale, x.shape) };
  }

  /** Multiplies the integers of each block by a weight, and adds one per element. */
  protected scaled(name: string, x: Operand, weights: Int32Array, bias?: Float64Array): Operand {
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
      index: int32sOf(size, (i) => i),
      bias: bias ?? new Float64Array(x.blocks),
    });
    return { ...x, tensor };
  }
}
