import type { GraphBuilder } from "../../graph/builder.js";
import { broadcastShapes, sizeOf, stridesOf } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { expand, reshape, transpose, sequence } from "./movement.js";

/**
 * x[i, :, j, …] with index tensors: the indexed axes become one, which is gathered by the combined index.
 * As in NumPy, the result's new axes stand where the indexed ones did, or in front when those were apart.
 */
export function indexBy(b: GraphBuilder, x: ValueId, indices: readonly (ValueId | undefined)[]): ValueId {
  const shape = b.shapeOf(x);
  const axes = indices.flatMap((index, axis) => (index === undefined ? [] : [axis]));
  if (axes.length === 0) return x;
  if (axes.some((axis) => b.typeOf(indices[axis]!).dtype === "bool")) return indexByMask(b, x, indices, axes);
  const common = axes.reduce<number[] | undefined>(
    (known, axis) => known && broadcastShapes(known, b.shapeOf(indices[axis]!)),
    [],
  );
  if (common === undefined) throw new OperatorError("the index tensors do not broadcast");
  const rest = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const together = axes.every((axis, i) => i === 0 || axis === axes[i - 1] + 1);
  const place = together ? axes[0] : 0;
  const order = [...rest.slice(0, place), ...axes, ...rest.slice(place)];
  const indexed = axes.map((axis) => shape[axis]);
  const moved = transpose(b, x, order);
  const size = (list: number[]): number[] => list.map((axis) => shape[axis]);
  const flat = reshape(b, moved, [
    ...size(rest.slice(0, place)),
    sizeOf(indexed),
    ...size(rest.slice(place)),
  ]);
  const combined = combine(
    b,
    axes.map((axis) => indices[axis]!),
    indexed,
    common,
  );
  return b.apply("gather", [flat, combined], { axis: place });
}

/** Row-major position of the index tuple within the indexed axes. */
function combine(
  b: GraphBuilder,
  indices: readonly ValueId[],
  sizes: readonly number[],
  shape: number[],
): ValueId {
  const strides = stridesOf(sizes);
  const terms = indices.map((index, i) => {
    // A lookup along one axis counts from the end by itself.
    const wrapped =
      indices.length === 1 && b.constantOf(index) === undefined ? index : wrapNegative(b, index, sizes[i]);
    return strides[i] === 1 ? wrapped : b.apply("mul", [wrapped, b.scalar(strides[i], "int")]);
  });
  return expand(
    b,
    terms.reduce((sum, term) => b.apply("add", [sum, term])),
    shape,
  );
}

/** Negative indices count from the end; computed ones pay for the choice where they can be negative. */
export function wrapNegative(b: GraphBuilder, index: ValueId, size: number): ValueId {
  if (isPlace(b, index)) return index;
  const negative = b.apply("less", [index, b.scalar(0, "int")]);
  return b.apply("where", [negative, b.apply("add", [index, b.scalar(size, "int")]), index]);
}

/** Whether the value is the place of an extreme, as argMax and topK give it: none is negative. */
function isPlace(b: GraphBuilder, index: ValueId): boolean {
  const producer = b.producerOf(index);
  if (producer?.op === "topK") return producer.outputs[1] === index;
  return producer?.op === "argMax";
}

/** A constant mask picks a fixed set of positions; a computed one would give a shape that depends on the data. */
function indexByMask(
  b: GraphBuilder,
  x: ValueId,
  indices: readonly (ValueId | undefined)[],
  axes: readonly number[],
): ValueId {
  const mask = axes.length === 1 ? b.constantOf(indices[axes[0]]!) : undefined;
  if (mask === undefined)
    throw new OperatorError("indexing by a computed mask gives a shape that depends on the data");
  const positions = [...mask.data.keys()].filter((i) => mask.data[i] !== 0);
  const shape = b.shapeOf(x);
  const axis = axes[0];
  const covered = shape.slice(axis, axis + mask.shape.length);
  if (sizeOf(covered) !== mask.data.length)
    throw new OperatorError("the mask does not have the indexed axes' shape");
  const flat = reshape(b, x, [
    ...shape.slice(0, axis),
    sizeOf(covered),
    ...shape.slice(axis + mask.shape.length),
  ]);
  return b.apply("gather", [flat, b.ints(positions)], { axis });
}

/** x with the elements at the flat `positions` replaced by those of `values`; of several, the last counts. */
export function overwrite(b: GraphBuilder, x: ValueId, positions: Float64Array, values: ValueId): ValueId {
  const shape = b.shapeOf(x);
  const count = sizeOf(shape);
  const source = sequence(count, (i) => i);
  positions.forEach((position, i) => (source[position] = count + i));
  const both = b.apply("concat", [reshape(b, x, [count]), reshape(b, values, [positions.length])], {
    axis: 0,
  });
  return reshape(b, b.apply("gather", [both, b.ints(source)], { axis: 0 }), shape);
}

/** Flat positions of the elements that x[indices] picks, for indices that are constant. */
export function positionsOf(
  b: GraphBuilder,
  x: ValueId,
  indices: readonly (ValueId | undefined)[],
): { positions: Float64Array; shape: readonly number[] } {
  const shape = b.shapeOf(x);
  const numbers = b.ints(
    sequence(sizeOf(shape), (i) => i),
    shape,
  );
  const picked = b.constantOf(indexBy(b, numbers, indices));
  if (picked === undefined) throw new OperatorError("it writes at places that depend on the model's input");
  return { positions: picked.data, shape: picked.shape };
}
