import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { add, clamp, div, matmul, mul, reduce, sub, vectorNorm } from "./arithmetic.js";
import { axisIn, expand, pickAlong, reshape, sequence, transpose, unsqueeze } from "./movement.js";
import { broadcastShapes, sizeOf } from "../../tensor/tensor.js";

/** The cosine of the angle between rows along an axis; a row shorter than epsilon counts as that long. */
export function cosineSimilarity(
  b: GraphBuilder,
  x: ValueId,
  y: ValueId,
  axis: number,
  epsilon: number,
): ValueId {
  const shape = broadcastShapes(b.shapeOf(x), b.shapeOf(y));
  if (shape === undefined) throw new OperatorError("the tensors do not broadcast");
  const along = axisIn(axis, shape.length);
  const [left, right] = [x, y].map((id) => {
    const whole = expand(b, id, shape);
    const norm = clamp(b, vectorNorm(b, whole, 2, [along], true), epsilon);
    return div(b, whole, expand(b, norm, shape));
  });
  return reduce(b, "sum", mul(b, left, right), [along], false);
}

/** The norm of x - y + epsilon over the last axis. */
export function pairwiseDistance(
  b: GraphBuilder,
  x: ValueId,
  y: ValueId,
  { order, epsilon, keepDims }: { order: number; epsilon: number; keepDims: boolean },
): ValueId {
  const difference = sub(b, x, y);
  const shifted = epsilon === 0 ? difference : add(b, difference, epsilon);
  return vectorNorm(b, shifted, order, [-1], keepDims);
}

/** The distances of all rows of x [..., P, M] to all rows of y [..., R, M], as [..., P, R]. */
export function distances(b: GraphBuilder, x: ValueId, y: ValueId, order: number): ValueId {
  return vectorNorm(b, sub(b, unsqueeze(b, x, [-2]), unsqueeze(b, y, [-3])), order, [-1], false);
}

/** The distances of each row of x [N, M] to those after it. */
export function ownDistances(b: GraphBuilder, x: ValueId, order: number): ValueId {
  const rows = b.shapeOf(x)[0];
  const pairs = sequence(rows * rows, (i) => [Math.floor(i / rows), i % rows] as const).filter(
    ([first, second]) => first < second,
  );
  const [left, right] = [0, 1].map((side) =>
    pickAlong(
      b,
      x,
      0,
      pairs.map((pair) => pair[side]),
    ),
  );
  return vectorNorm(b, sub(b, left, right), order, [-1], false);
}

/** The product of x and y summed over the given axes of both; the others follow each other. */
export function tensordot(
  b: GraphBuilder,
  x: ValueId,
  y: ValueId,
  xAxes: readonly number[],
  yAxes: readonly number[],
): ValueId {
  const [left, right] = [x, y].map((id, side) => {
    const shape = b.shapeOf(id);
    const inner = (side === 0 ? xAxes : yAxes).map((axis) => axisIn(axis, shape.length));
    const outer = shape.flatMap((_, axis) => (inner.includes(axis) ? [] : [axis]));
    return { id, inner, outer, size: (axes: number[]) => axes.map((axis) => shape[axis]) };
  });
  const { inner, size } = left;
  const flat = sizeOf(size(inner));
  if (size(inner).join() !== right.size(right.inner).join()) throw new OperatorError("the axes do not fit");
  const rows = reshape(b, transpose(b, x, [...left.outer, ...inner]), [sizeOf(size(left.outer)), flat]);
  const columns = reshape(b, transpose(b, y, [...right.inner, ...right.outer]), [
    flat,
    sizeOf(right.size(right.outer)),
  ]);
  return reshape(b, matmul(b, rows, columns), [...size(left.outer), ...right.size(right.outer)]);
}

/** The Kronecker product: every element of x times all of y. */
export function kron(b: GraphBuilder, x: ValueId, y: ValueId): ValueId {
  const rank = Math.max(b.shapeOf(x).length, b.shapeOf(y).length);
  const [xs, ys] = [x, y].map((id) => {
    const shape = b.shapeOf(id);
    return [...new Array<number>(rank - shape.length).fill(1), ...shape];
  });
  const left = reshape(
    b,
    x,
    xs.flatMap((size) => [size, 1]),
  );
  const right = reshape(
    b,
    y,
    ys.flatMap((size) => [1, size]),
  );
  return reshape(
    b,
    mul(b, left, right),
    xs.map((size, axis) => size * ys[axis]),
  );
}
