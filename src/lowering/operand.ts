import type { Shape, Tensor } from "../tensor/types.js";
import type { TensorId } from "../program/operations/definition.js";

/**
 * What a graph value became: integers q with real value q * scale + offset. Scale and offset hold one number for
 * all elements or one per element: constants that are multiplied or added stay symbolic until a layer folds them.
 */
export interface Operand {
  readonly tensor: TensorId;
  readonly shape: Shape;
  readonly scale: Float64Array;
  readonly offset: Float64Array;
  /** Number of equal runs of elements within which the scale is constant (channels): a divisor of the size. */
  readonly blocks: number;
}

/** A node's input: computed, or a constant of the model. */
export type Value = Operand | Tensor;

export function isConstant(value: Value): value is Tensor {
  return "data" in value;
}

/** The entry for an element of an array that holds one number for all elements or one per element. */
export function at(perElement: Float64Array, element: number): number {
  return perElement.length === 1 ? perElement[0] : perElement[element];
}

/** One number where all entries agree, else the array itself. */
export function compact(perElement: Float64Array): Float64Array {
  return perElement.every((v) => v === perElement[0]) ? perElement.slice(0, 1) : perElement;
}

/** Entries for `size` elements, each of `perBlock` repeated over its block. */
export function spread(perBlock: Float64Array, size: number): Float64Array {
  const run = size / perBlock.length;
  return Float64Array.from({ length: size }, (_, i) => perBlock[Math.floor(i / run)]);
}

/** The fewest equal runs of elements, along the leading axes of a shape, within each of which all entries agree. */
export function blocksOf(perElement: Float64Array, shape: Shape): number {
  if (perElement.length === 1) return 1;
  let blocks = 1;
  for (const size of shape) {
    const run = perElement.length / blocks;
    if (perElement.every((entry, i) => entry === perElement[i - (i % run)])) return blocks;
    blocks *= size;
  }
  return perElement.length;
}
