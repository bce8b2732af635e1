import { MAX_ELEMENTS, type GraphBuilder } from "../../graph/builder.js";
import { sizeOf } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import type { Attributes } from "../../operators/operator.js";
import { OperatorError } from "../../errors/operatorError.js";
import { axisIn, moveAxis, reshape, slice, stack, sequence } from "./movement.js";
import { reduce } from "./arithmetic.js";

/** PyTorch's padding of one count an axis, as the begins and ends that the graph's operators take. */
export function bothSides(padding: readonly number[]): number[] {
  return [...padding, ...padding];
}

/** "same" padding at stride 1: the odd element goes to the end. */
export function samePadding(kernel: readonly number[], dilation: readonly number[]): number[] {
  const total = kernel.map((k, axis) => dilation[axis] * (k - 1));
  const begins = total.map((t) => Math.floor(t / 2));
  return [...begins, ...total.map((t, axis) => t - begins[axis])];
}

/** Runs an operator on [N, C, spatial…], lending x a batch axis where it has none. */
export function batched(
  b: GraphBuilder,
  x: ValueId,
  spatialAxes: number,
  run: (x: ValueId) => ValueId,
): ValueId {
  const shape = b.shapeOf(x);
  if (shape.length !== spatialAxes + 1) return run(x);
  const result = run(reshape(b, x, [1, ...shape]));
  return reshape(b, result, b.shapeOf(result).slice(1));
}

export interface PoolOptions {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation?: readonly number[];
  readonly ceil: boolean;
}

export function maxPool(b: GraphBuilder, x: ValueId, { dilation, ...options }: PoolOptions): ValueId {
  return pool(b, "maxPool", x, { ...options, dilation: dilation ?? options.kernel.map(() => 1) });
}

export function avgPool(
  b: GraphBuilder,
  x: ValueId,
  { dilation, ...options }: PoolOptions,
  countIncludePad: boolean,
  divisor = 0,
): ValueId {
  const ones = options.kernel.map(() => 1);
  return pool(b, "avgPool", x, { ...options, dilation: dilation ?? ones, countIncludePad, divisor });
}

function pool(
  b: GraphBuilder,
  op: string,
  x: ValueId,
  attributes: Attributes & { kernel: readonly number[] },
): ValueId {
  return batched(b, x, attributes.kernel.length, (batch) => b.apply(op, [batch], attributes));
}

/** Adaptive pooling to `target` positions an axis (null keeps an axis); uneven windows are pooled one by one. */
export function adaptivePool(
  b: GraphBuilder,
  op: "maxPool" | "avgPool",
  x: ValueId,
  target: readonly number[],
): ValueId {
  const axes = target.length;
  const spatial = b.shapeOf(x).slice(-axes);
  if (target.some((size) => size <= 0))
    throw new OperatorError("adaptive pooling needs a positive output size");
  if (spatial.every((size, axis) => size % target[axis] === 0)) {
    const kernel = spatial.map((size, axis) => size / target[axis]);
    const options = { kernel, stride: kernel, padding: kernel.concat(kernel).fill(0), ceil: false };
    return op === "maxPool" ? maxPool(b, x, options) : avgPool(b, x, options, true);
  }
  // Mean and maximum of a rectangle can be taken one axis after the other.
  const first = b.shapeOf(x).length - axes;
  return target.reduce((value, size, i) => adaptiveAxis(b, op, value, first + i, size), x);
}

function adaptiveAxis(
  b: GraphBuilder,
  op: "maxPool" | "avgPool",
  x: ValueId,
  axis: number,
  target: number,
): ValueId {
  const size = b.shapeOf(x)[axis];
  const bounds = sequence(target, (i) => [
    Math.floor((i * size) / target),
    Math.ceil(((i + 1) * size) / target),
  ]);
  if (op === "avgPool") {
    return linearAlong(b, x, axis, target, (row) => {
      const [start, end] = bounds[row] as [number, number];
      return sequence(size, (i) => (i >= start && i < end ? 1 / (end - start) : 0));
    });
  }
  const parts = bounds.map(([start, end]) => reduce(b, "max", slice(b, x, axis, start, end), [axis], false));
  return stack(b, parts, axis);
}

/** Applies a constant matrix, row by row, along one axis: averages and interpolations are such maps. */
export function linearAlong(
  b: GraphBuilder,
  x: ValueId,
  axis: number,
  rows: number,
  row: (i: number) => readonly number[],
): ValueId {
  const rank = b.shapeOf(x).length;
  const a = axisIn(axis, rank);
  const shape = [rows, b.shapeOf(x)[a]];
  if (sizeOf(shape) > MAX_ELEMENTS)
    throw new OperatorError(`an axis of ${shape[1]} cannot be resized to ${rows}`);
  const data = Float64Array.from(sequence(rows, row).flat());
  const weight = b.constant({ dtype: "float", shape, data }, "weights");
  const last = b.apply("linear", [moveAxis(b, x, a, rank - 1), weight]);
  return moveAxis(b, last, rank - 1, a);
}

/** Depth to space: channels [C·r², H, W] become [C, H·r, W·r]; `blocksFirst` is ONNX's DCR order. */
export function depthToSpace(b: GraphBuilder, x: ValueId, block: number, blocksFirst: boolean): ValueId {
  const shape = b.shapeOf(x);
  const lead = shape.slice(0, -3);
  const [channels, height, width] = shape.slice(-3) as [number, number, number];
  const depth = channels / (block * block);
  if (!Number.isInteger(depth))
    throw new OperatorError(`${channels} channels do not divide by ${block} squared`);
  const n = sizeOf(lead);
  const [split, perm] = blocksFirst
    ? [
        [n, block, block, depth, height, width],
        [0, 3, 4, 1, 5, 2],
      ]
    : [
        [n, depth, block, block, height, width],
        [0, 1, 4, 2, 5, 3],
      ];
  const moved = b.apply("transpose", [reshape(b, x, split)], { perm });
  return reshape(b, moved, [...lead, depth, height * block, width * block]);
}

/** Space to depth, the inverse of `depthToSpace` with channels first. */
export function spaceToDepth(b: GraphBuilder, x: ValueId, block: number, blocksFirst: boolean): ValueId {
  const shape = b.shapeOf(x);
  const lead = shape.slice(0, -3);
  const [channels, height, width] = shape.slice(-3) as [number, number, number];
  const [rows, columns] = [height / block, width / block];
  const split = reshape(b, x, [sizeOf(lead), channels, rows, block, columns, block]);
  const moved = b.apply("transpose", [split], {
    perm: blocksFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4],
  });
  return reshape(b, moved, [...lead, channels * (block * block), rows, columns]);
}
