import { MAX_ELEMENTS, type GraphBuilder } from "../../graph/builder.js";
import { sizeOf, tensor } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { windowPositions, windowTable } from "../../operators/window.js";
import { concat, moveAxis, reshape, sequence, transpose } from "./movement.js";
import { scatter } from "./scatter.js";

/** x.unfold(axis, size, step): windows along an axis, their elements on a new last axis. */
export function unfold(b: GraphBuilder, x: ValueId, axis: number, size: number, step: number): ValueId {
  const shape = b.shapeOf(x);
  const length = shape[axis] ?? 1;
  if (size < 0 || step <= 0 || size > length)
    throw new OperatorError(`windows of ${size} at steps of ${step} do not fit an axis of ${length}`);
  const count = Math.floor((length - size) / step) + 1;
  const places = sequence(count * size, (i) => Math.floor(i / size) * step + (i % size));
  const windows = b.apply("gather", [x, b.ints(places, [count, size])], { axis });
  return moveAxis(b, windows, axis + 1, shape.length);
}

/** The windows of a convolution, as im2col and nn.Unfold lay them out. */
export interface Columns {
  readonly kernel: readonly number[];
  readonly dilation: readonly number[];
  /** Begins, then ends. */
  readonly padding: readonly number[];
  readonly stride: readonly number[];
}

/** x [N, C, H, W] as columns [N, C · kernel, positions]. */
export function imageToColumns(b: GraphBuilder, x: ValueId, columns: Columns): ValueId {
  const shape = b.shapeOf(x);
  if (shape.length === 3) {
    const result = imageToColumns(b, reshape(b, x, [1, ...shape]), columns);
    return reshape(b, result, b.shapeOf(result).slice(1));
  }
  const [batch, channels, ...spatial] = shape as [number, number, ...number[]];
  const { table, positions, cells } = tableOf(spatial, columns);
  const area = sizeOf(spatial);
  const flat = reshape(b, x, [batch * channels, area]);
  const edge = b.constant(tensor(b.typeOf(x).dtype, [batch * channels, 1]));
  // By kernel element first, then by position; what lies in the padding is 0.
  const places = sequence(table.length, (i) => {
    const place = table[(i % positions) * cells + Math.floor(i / positions)];
    return place < 0 ? area : place;
  });
  const picked = b.apply("gather", [concat(b, [flat, edge], 1), b.ints(places)], { axis: 1 });
  return reshape(b, picked, [batch, channels * cells, positions]);
}

/** The sum of columns [N, C · kernel, positions] at their places in images of [N, C, …size]. */
export function columnsToImage(
  b: GraphBuilder,
  x: ValueId,
  size: readonly number[],
  columns: Columns,
): ValueId {
  const shape = b.shapeOf(x);
  const [batch, rows] = shape.length === 3 ? shape : [1, shape[0]];
  const { table, positions, cells } = tableOf(size, columns);
  const channels = rows / cells;
  if (!Number.isInteger(channels) || shape.at(-1) !== positions)
    throw new OperatorError(`columns of shape [${shape.join(", ")}] do not fit the windows`);
  const images = batch * channels;
  const area = sizeOf(size);
  if (!(images * area <= MAX_ELEMENTS))
    throw new OperatorError(`${images} images of ${area} elements are too many`);
  const ordered = transpose(b, reshape(b, x, [images, cells, positions]), [0, 2, 1]);
  const kept = [...table.keys()].filter((i) => table[i] >= 0);
  const flat = reshape(b, ordered, [images, positions * cells]);
  const values = b.apply("gather", [flat, b.ints(kept)], { axis: 1 });
  const places = sequence(images * kept.length, (i) => {
    return Math.floor(i / kept.length) * area + table[kept[i % kept.length]];
  });
  const empty = b.constant(tensor(b.typeOf(x).dtype, [images, area]));
  const sum = scatter(b, empty, places, values, "add");
  return reshape(b, sum, shape.length === 3 ? [batch, channels, ...size] : [channels, ...size]);
}

function tableOf(spatial: readonly number[], columns: Columns) {
  const window = { ...columns, ceil: false };
  if (columns.kernel.length !== spatial.length)
    throw new OperatorError("the windows do not have the image's axes");
  const counts = windowPositions(spatial, window);
  return {
    table: windowTable(spatial, window, counts),
    positions: sizeOf(counts),
    cells: sizeOf(columns.kernel),
  };
}

/** Channels [g · c] of x [N, C, …] in the order [c · g]. */
export function channelShuffle(b: GraphBuilder, x: ValueId, groups: number): ValueId {
  const [batch, channels, ...rest] = b.shapeOf(x) as [number, number, ...number[]];
  if (!(groups > 0) || channels % groups !== 0)
    throw new OperatorError(`${channels} channels do not divide into ${groups} groups`);
  const split = reshape(b, x, [batch, groups, channels / groups, sizeOf(rest)]);
  return reshape(b, transpose(b, split, [0, 2, 1, 3]), [batch, channels, ...rest]);
}

/** The last axis of x on the diagonal `offset` of two new last axes; all else is 0. */
export function diagonalMatrix(b: GraphBuilder, x: ValueId, offset: number): ValueId {
  const shape = b.shapeOf(x);
  const length = shape.at(-1) ?? 1;
  const size = length + Math.abs(offset);
  const lead = shape.slice(0, -1);
  const zero = b.constant(tensor(b.typeOf(x).dtype, [...lead, 1]));
  const places = sequence(size * size, (i) => {
    const [row, column] = [Math.floor(i / size), i % size];
    return column - row === offset ? Math.min(row, column) : length;
  });
  const both = concat(b, [x, zero], lead.length);
  return b.apply("gather", [both, b.ints(places, [size, size])], { axis: lead.length });
}
