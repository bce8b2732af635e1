import { MAX_ELEMENTS, type GraphBuilder } from "../../graph/builder.js";
import { formatShape, normalizeAxis, sizeOf } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import type { DType, Shape } from "../../tensor/types.js";
import { OperatorError } from "../../errors/operatorError.js";

/** Short forms of the operators that move elements, for the tables of both formats. */

/** [map(0), …, map(count - 1)]. Counts come out of files, so that a bound must stand before each. */
export function sequence<T>(count: number, map: (i: number) => T): T[] {
  if (!(count >= 0 && count <= MAX_ELEMENTS)) {
    throw new OperatorError(`${count} elements are not between 0 and ${MAX_ELEMENTS}`);
  }
  return Array.from({ length: count }, (_, i) => map(i));
}

/** `axis` counted from the front, for a tensor of `rank` axes. */
export function axisIn(axis: number, rank: number): number {
  const result = normalizeAxis(axis, rank);
  if (result === undefined) throw new OperatorError(`there is no axis ${axis} in ${rank}`);
  return result;
}

/** Reshapes; one -1 stands for the size that is left. */
export function reshape(b: GraphBuilder, x: ValueId, shape: Shape): ValueId {
  const known = sizeOf(shape.filter((size) => size !== -1));
  const total = sizeOf(b.shapeOf(x));
  const full = shape.map((size) => (size === -1 ? total / known : size));
  if (full.some((size) => !Number.isInteger(size))) {
    throw new OperatorError(`${formatShape(b.shapeOf(x))} cannot be reshaped to ${formatShape(shape)}`);
  }
  return b.apply("reshape", [x], { shape: full });
}

export function flatten(b: GraphBuilder, x: ValueId, first: number, last: number): ValueId {
  const shape = b.shapeOf(x);
  return reshape(b, x, [
    ...shape.slice(0, first),
    sizeOf(shape.slice(first, last + 1)),
    ...shape.slice(last + 1),
  ]);
}

export function unsqueeze(b: GraphBuilder, x: ValueId, axes: readonly number[]): ValueId {
  const shape = [...b.shapeOf(x)];
  const rank = shape.length + axes.length;
  for (const axis of axes.map((a) => axisIn(a, rank)).sort((l, r) => l - r)) shape.splice(axis, 0, 1);
  return reshape(b, x, shape);
}

/** Drops those of the axes that have size 1; without axes, every such axis. */
export function squeeze(b: GraphBuilder, x: ValueId, axes?: readonly number[]): ValueId {
  const shape = b.shapeOf(x);
  const dropped = new Set((axes ?? shape.map((_, axis) => axis)).map((axis) => axisIn(axis, shape.length)));
  return reshape(
    b,
    x,
    shape.filter((size, axis) => size !== 1 || !dropped.has(axis)),
  );
}

export function transpose(b: GraphBuilder, x: ValueId, perm: readonly number[]): ValueId {
  const rank = b.shapeOf(x).length;
  return b.apply("transpose", [x], { perm: perm.map((axis) => axisIn(axis, rank)) });
}

export function swapAxes(b: GraphBuilder, x: ValueId, first: number, second: number): ValueId {
  const rank = b.shapeOf(x).length;
  if (rank === 0) return x;
  const perm = sequence(rank, (axis) => axis);
  const [i, j] = [axisIn(first, rank), axisIn(second, rank)];
  [perm[i], perm[j]] = [perm[j], perm[i]];
  return transpose(b, x, perm);
}

/** Moves the axis `from` to the place `to`, keeping the others' order. */
export function moveAxis(b: GraphBuilder, x: ValueId, from: number, to: number): ValueId {
  const perm = sequence(b.shapeOf(x).length, (axis) => axis);
  perm.splice(from, 1);
  perm.splice(to, 0, from);
  return transpose(b, x, perm);
}

/** Python's x[start:end:step] on one axis: ends are clamped, negative ones count from the end. */
export function slice(
  b: GraphBuilder,
  x: ValueId,
  axis: number,
  start: number | undefined,
  end: number | undefined,
  step = 1,
): ValueId {
  const shape = b.shapeOf(x);
  const a = axisIn(axis, shape.length);
  const length = shape[a];
  if (step === 0) throw new OperatorError("a slice cannot have step 0");
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + length : value, low), high);
  const first = start === undefined ? (step > 0 ? low : high) : clamp(start);
  const last = end === undefined ? (step > 0 ? high : low) : clamp(end);
  const size = Math.max(0, Math.ceil((last - first) / step));
  const only = (values: Shape, value: number): number[] =>
    values.map((other, i) => (i === a ? value : other));
  return b.apply("slice", [x], {
    start: only(
      shape.map(() => 0),
      size === 0 ? 0 : first,
    ),
    step: only(
      shape.map(() => 1),
      step,
    ),
    size: only(shape, size),
  });
}

/** x[index] on one axis, which disappears. */
export function select(b: GraphBuilder, x: ValueId, axis: number, index: number): ValueId {
  const shape = b.shapeOf(x);
  const a = axisIn(axis, shape.length);
  const position = index < 0 ? index + shape[a] : index;
  if (position < 0 || position >= shape[a])
    throw new OperatorError(`index ${index} is outside an axis of ${shape[a]}`);
  return squeeze(b, slice(b, x, a, position, position + 1), [a]);
}

/** Consecutive parts of the given sizes. */
export function split(b: GraphBuilder, x: ValueId, axis: number, sizes: readonly number[]): ValueId[] {
  let start = 0;
  const total = b.shapeOf(x)[axisIn(axis, b.shapeOf(x).length)];
  const parts = sizes.map((size) => slice(b, x, axis, start, (start += size)));
  if (start !== total)
    throw new OperatorError(`parts of ${sizes.join(", ")} do not fill an axis of ${total}`);
  return parts;
}

/** Sizes of the parts of at most `size` that an axis falls into. */
export function chunkSizes(length: number, size: number): number[] {
  if (size <= 0) throw new OperatorError(`an axis cannot be split into parts of ${size}`);
  const sizes: number[] = [];
  for (let rest = length; rest > 0; rest -= size) sizes.push(Math.min(size, rest));
  return sizes;
}

export function concat(b: GraphBuilder, parts: readonly ValueId[], axis: number): ValueId {
  return parts.length === 1 ? parts[0] : b.apply("concat", parts, { axis });
}

export function stack(b: GraphBuilder, parts: readonly ValueId[], axis: number): ValueId {
  const place = axisIn(axis, b.shapeOf(parts[0]).length + 1);
  return concat(
    b,
    parts.map((part) => unsqueeze(b, part, [place])),
    place,
  );
}

/** Repeats to the shape; -1 keeps an axis as it is. */
export function expand(b: GraphBuilder, x: ValueId, shape: Shape): ValueId {
  const own = b.shapeOf(x);
  const lead = shape.length - own.length;
  return b.apply("expand", [x], {
    shape: shape.map((size, axis) => (size === -1 ? (own[axis - lead] ?? 1) : size)),
  });
}

/** x laid out `counts` times along each axis, as numpy.tile. */
export function tile(b: GraphBuilder, x: ValueId, counts: readonly number[]): ValueId {
  const lead = Math.max(0, counts.length - b.shapeOf(x).length);
  let result = unsqueeze(
    b,
    x,
    sequence(lead, (axis) => axis),
  );
  const offset = b.shapeOf(result).length - counts.length;
  counts.forEach((count, axis) => {
    if (count === 1) return;
    if (count === 0) result = slice(b, result, offset + axis, 0, 0);
    else
      result = concat(
        b,
        sequence(count, () => result),
        offset + axis,
      );
  });
  return result;
}

/** x as another type: towards 0 to an integer, and true except for 0 to a bool. */
export function cast(b: GraphBuilder, x: ValueId, to: DType): ValueId {
  const from = b.typeOf(x).dtype;
  if (from === to) return x;
  if (to === "bool") {
    const isZero = b.apply("equal", [x, b.scalar(0, from)]);
    return b.apply("equal", [isZero, b.scalar(0, "bool")]);
  }
  return b.apply("cast", [from === "float" ? b.apply("trunc", [x]) : x], { to });
}

export function flip(b: GraphBuilder, x: ValueId, axes: readonly number[]): ValueId {
  return axes.reduce((value, axis) => slice(b, value, axis, undefined, undefined, -1), x);
}

/** Elements of one axis by constant positions. */
export function pickAlong(b: GraphBuilder, x: ValueId, axis: number, positions: readonly number[]): ValueId {
  return b.apply("gather", [x, b.ints(positions)], { axis });
}

/** Pads one axis by "reflect", "replicate" or "circular": by picking elements that are there. */
export function padByPicking(
  b: GraphBuilder,
  x: ValueId,
  axis: number,
  before: number,
  after: number,
  mode: string,
): ValueId {
  const length = b.shapeOf(x)[axis];
  const source: Record<string, (i: number) => number> = {
    // Back and forth between the ends, as often as it takes.
    reflect: (i) => {
      const period = Math.max(1, 2 * (length - 1));
      const place = ((i % period) + period) % period;
      return Math.min(place, period - place);
    },
    replicate: (i) => Math.min(Math.max(i, 0), length - 1),
    circular: (i) => ((i % length) + length) % length,
  };
  const pick = Object.hasOwn(source, mode) ? source[mode] : undefined;
  if (pick === undefined) throw new OperatorError(`padding by "${mode}" is not known`);
  if (before === 0 && after === 0) return x;
  if (length === 0) throw new OperatorError("an axis without elements has nothing to be padded with");
  const positions = sequence(Math.max(0, length + before + after), (i) => pick(i - before));
  return pickAlong(b, x, axis, positions);
}
