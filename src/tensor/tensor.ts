import type { DType, Shape, Tensor } from "./types.js";

/** Number of elements; 1 for a scalar's []. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** A tensor over `data`; without data, zeros. Throws a RangeError when data and shape do not fit. */
export function tensor(dtype: DType, shape: Shape, data?: Float64Array | readonly number[]): Tensor {
  const size = sizeOf(shape);
  const values = data === undefined ? new Float64Array(size) : Float64Array.from(data);
  if (values.length !== size) {
    throw new RangeError(`${values.length} values do not fill the shape ${formatShape(shape)}`);
  }
  return { dtype, shape: [...shape], data: values };
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** The shape of one sample: without a first axis of 1, which a model or an array may have for a batch of one. */
export function withoutBatch(shape: Shape): Shape {
  return shape[0] === 1 ? shape.slice(1) : shape;
}

/** `[2, 3]`, as PyTorch prints shapes. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** The shape of two operands' elementwise result by NumPy's rule, undefined where they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const da = a[a.length - i] ?? 1;
    const db = b[b.length - i] ?? 1;
    if (da !== db && da !== 1 && db !== 1) return undefined;
    result[rank - i] = da === 1 ? db : da;
  }
  return result;
}

/** Strides of `shape` read as the larger `target`: 0 along every axis that is repeated. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : own[axis - lead]));
}

/**
 * Calls `visit(position, offset)` for every element of `shape` in row-major order, where offset is
 * `start` + index · strides: the one walk that slices, transposes, broadcasts and reductions share.
 */
export function walk(
  shape: Shape,
  strides: readonly number[],
  start: number,
  visit: (position: number, offset: number) => void,
): void {
  const size = sizeOf(shape);
  if (size === 0) return;
  const rank = shape.length;
  const inner = rank === 0 ? 1 : shape[rank - 1];
  const step = rank === 0 ? 0 : strides[rank - 1];
  const index = new Array<number>(rank).fill(0);
  let offset = start;
  for (let position = 0; position < size;) {
    for (let i = 0, o = offset; i < inner; i++, o += step) visit(position++, o);
    let axis = rank - 2;
    for (; axis >= 0; axis--) {
      offset += strides[axis];
      if (++index[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
    if (axis < 0) break;
  }
}

/** Counts -1 as the last of `rank` axes, as PyTorch does; undefined when out of range. */
export function normalizeAxis(axis: number, rank: number): number | undefined {
  const limit = Math.max(rank, 1);
  if (!Number.isInteger(axis) || axis < -limit || axis >= limit) return undefined;
  return axis < 0 ? axis + limit : axis;
}
