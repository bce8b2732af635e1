import { broadcastShapes, sizeOf } from "../../../tensor/tensor.js";
import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { elementType } from "../program.js";
import { dtypeOf } from "../../elements.js";
import * as move from "../../compose/movement.js";
import { reduce } from "../../compose/arithmetic.js";
import { indexBy } from "../../compose/indexing.js";
import { bothSides } from "../../compose/spatial.js";
import {
  channelShuffle,
  columnsToImage,
  diagonalMatrix,
  imageToColumns,
  unfold,
} from "../../compose/windows.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

const self = (c: AtenCall): ValueId => c.tensor("self");

/** Operators that do nothing to the values. */
const identity: AtenRule = (c) => self(c);

const reshapeTo =
  (name: string): AtenRule =>
  (c) =>
    move.reshape(c.builder, self(c), c.ints(name));

const expandTo =
  (name: string): AtenRule =>
  (c) =>
    move.expand(c.builder, self(c), c.ints(name));

/** A change of element type, where the call names one. */
const convert: AtenRule = (c) =>
  c.has("dtype") ? move.cast(c.builder, self(c), dtypeOf(elementType(c.int("dtype")))) : self(c);

const flatten: AtenRule = (c) => {
  const shape = c.shapeOf("self");
  if (shape.length === 0) return move.reshape(c.builder, self(c), [1]);
  return move.flatten(c.builder, self(c), c.axis("start_dim", shape), c.axis("end_dim", shape));
};

const unflatten: AtenRule = (c) => {
  const shape = [...c.shapeOf("self")];
  const axis = c.axis("dim", shape);
  const sizes = c.ints("sizes");
  const known = sizeOf(sizes.filter((size) => size !== -1));
  shape.splice(axis, 1, ...sizes.map((size) => (size === -1 ? shape[axis] / known : size)));
  return move.reshape(c.builder, self(c), shape);
};

/** Tensors of shape [0] add nothing, whatever the others' rank. */
const concat: AtenRule = (c) => {
  const parts = c.tensors("tensors").filter((id) => c.builder.shapeOf(id).join() !== "0");
  return move.concat(c.builder, parts, c.int("dim"));
};

const slice: AtenRule = (c) =>
  move.slice(
    c.builder,
    self(c),
    c.int("dim"),
    c.has("start") ? c.int("start") : undefined,
    c.has("end") ? c.int("end") : undefined,
    c.int("step"),
  );

const split: AtenRule = (c) => {
  const axis = c.axis("dim", c.shapeOf("self"));
  return move.split(c.builder, self(c), axis, move.chunkSizes(c.shapeOf("self")[axis], c.int("split_size")));
};

const splitSizes: AtenRule = (c) => move.split(c.builder, self(c), c.int("dim"), c.ints("split_sizes"));

const chunk: AtenRule = (c) => {
  const axis = c.axis("dim", c.shapeOf("self"));
  const length = c.shapeOf("self")[axis];
  return move.split(c.builder, self(c), axis, move.chunkSizes(length, Math.ceil(length / c.int("chunks"))));
};

const unbind: AtenRule = (c) => {
  const axis = c.axis("dim", c.shapeOf("self"));
  return move.sequence(c.shapeOf("self")[axis], (i) => move.select(c.builder, self(c), axis, i));
};

const roll: AtenRule = (c) => {
  const b = c.builder;
  const shifts = c.ints("shifts");
  const dims = c.has("dims") ? c.ints("dims") : [];
  const shape = c.shapeOf("self");
  const rollAxis = (x: ValueId, axis: number, shift: number): ValueId => {
    const length = b.shapeOf(x)[axis];
    return move.pickAlong(
      b,
      x,
      axis,
      Array.from({ length }, (_, i) => (((i - shift) % length) + length) % length),
    );
  };
  if (dims.length > 0) {
    return dims.reduce((x, dim, i) => rollAxis(x, move.axisIn(dim, shape.length), shifts[i] ?? 0), self(c));
  }
  return move.reshape(b, rollAxis(move.reshape(b, self(c), [-1]), 0, shifts[0] ?? 0), shape);
};

const repeat: AtenRule = (c) => move.tile(c.builder, self(c), c.ints(c.has("repeats") ? "repeats" : "dims"));

const repeatInterleave: AtenRule = (c) => {
  const b = c.builder;
  const x = c.has("dim") ? self(c) : move.reshape(b, self(c), [-1]);
  const axis = c.has("dim") ? c.axis("dim", c.shapeOf("self")) : 0;
  const times = c.int("repeats");
  const positions = move.sequence(b.shapeOf(x)[axis] * times, (i) => Math.floor(i / times));
  return move.pickAlong(b, x, axis, positions);
};

/** Replaces a part of self along one axis by src: what stays, the new part, what stays. */
export function replacePart(c: AtenCall, axis: number, positions: readonly number[], part: ValueId): ValueId {
  const b = c.builder;
  const length = c.shapeOf("self")[axis];
  const source = Array.from({ length }, (_, i) => i);
  positions.forEach((position, i) => (source[position] = length + i));
  return move.pickAlong(b, move.concat(b, [self(c), part], axis), axis, source);
}

const selectScatter: AtenRule = (c) => {
  const axis = c.axis("dim", c.shapeOf("self"));
  const index = c.int("index");
  const position = index < 0 ? index + c.shapeOf("self")[axis] : index;
  return replacePart(c, axis, [position], move.unsqueeze(c.builder, c.tensor("src"), [axis]));
};

const sliceScatter: AtenRule = (c) => {
  const axis = c.axis("dim", c.shapeOf("self"));
  const all = move.sequence(c.shapeOf("self")[axis], (i) => i);
  const bound = (name: string): number | undefined => (c.has(name) ? c.int(name) : undefined);
  const chosen = all.slice(bound("start"), bound("end")).filter((_, i) => i % c.int("step") === 0);
  return replacePart(c, axis, chosen, c.tensor("src"));
};

const gather: AtenRule = (c) =>
  c.builder.apply("gather", [self(c), c.tensor("index")], { axis: c.int("dim") });

const copy: AtenRule = (c) => {
  const b = c.builder;
  return move.expand(b, move.cast(b, c.tensor("src"), b.typeOf(self(c)).dtype), b.shapeOf(self(c)));
};

const diff: AtenRule = (c) => {
  const b = c.builder;
  const axis = c.axis("dim", c.shapeOf("self"));
  let x = self(c);
  if (c.has("prepend")) x = move.concat(b, [c.tensor("prepend"), x], axis);
  if (c.has("append")) x = move.concat(b, [x, c.tensor("append")], axis);
  for (let n = c.int("n"); n > 0; n--) {
    x = b.apply("sub", [move.slice(b, x, axis, 1, undefined), move.slice(b, x, axis, 0, -1)]);
  }
  return x;
};

const triangle =
  (keeps: (row: number, column: number, diagonal: number) => boolean): AtenRule =>
  (c) => {
    const b = c.builder;
    const [rows, columns] = c.shapeOf("self").slice(-2) as [number, number];
    const diagonal = c.int("diagonal");
    const mask = move.sequence(rows * columns, (i) =>
      Number(keeps(Math.floor(i / columns), i % columns, diagonal)),
    );
    const condition = b.constant(
      { dtype: "bool", shape: [rows, columns], data: Float64Array.from(mask) },
      "mask",
    );
    return b.apply("where", [condition, self(c), b.scalar(0, b.typeOf(self(c)).dtype)]);
  };

const diagonal: AtenRule = (c) => {
  const shape = c.shapeOf("self");
  return diagonalOf(c, c.axis("dim1", shape), c.axis("dim2", shape), c.int("offset"));
};

/** The elements whose places along two axes are the same except for the offset, on a new last axis. */
function diagonalOf(c: AtenCall, first: number, second: number, offset: number): ValueId {
  const b = c.builder;
  const shape = c.shapeOf("self");
  const others = shape.flatMap((_, axis) => (axis === first || axis === second ? [] : [axis]));
  const last = move.transpose(b, self(c), [...others, first, second]);
  const [rows, columns] = [shape[first], shape[second]];
  const length = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  const [row, column] = [Math.max(0, -offset), Math.max(0, offset)];
  const positions = Array.from({ length }, (_, i) => (row + i) * columns + column + i);
  const flat = move.flatten(b, last, others.length, others.length + 1);
  return move.pickAlong(b, flat, others.length, positions);
}

const index: AtenRule = (c) => indexBy(c.builder, self(c), c.optionalTensors("indices"));

const windows = (c: AtenCall) => ({
  kernel: c.ints("kernel_size", 2),
  dilation: c.ints("dilation", 2),
  padding: bothSides(c.ints("padding", 2)),
  stride: c.ints("stride", 2),
});

/** diag: a matrix of a vector, or the vector of a matrix. */
const diag: AtenRule = (c) =>
  c.shapeOf("self").length === 1
    ? diagonalMatrix(c.builder, self(c), c.int("diagonal"))
    : diagonalOf(c, 0, 1, c.int("diagonal"));

const broadcastTensors: AtenRule = (c) => {
  const tensors = c.tensors("tensors");
  const shape = tensors.reduce<number[] | undefined>(
    (common, id) => common && broadcastShapes(common, c.builder.shapeOf(id)),
    [],
  );
  if (shape === undefined) throw new OperatorError("the tensors do not broadcast");
  return tensors.map((id) => move.expand(c.builder, id, shape));
};

const movedim: AtenRule = (c) => {
  const rank = c.shapeOf("self").length;
  const axes = (name: string): number[] => c.ints(name).map((axis) => move.axisIn(axis, rank));
  const [sources, targets] = [axes("source"), axes("destination")];
  const perm = new Array<number>(rank).fill(-1);
  sources.forEach((source, i) => (perm[targets[i] ?? 0] = source));
  const rest = perm.map((_, axis) => axis).filter((axis) => !sources.includes(axis));
  return move.transpose(
    c.builder,
    self(c),
    perm.map((axis) => (axis === -1 ? rest.shift()! : axis)),
  );
};

const names = (list: readonly string[], rule: AtenRule): AtenTable =>
  Object.fromEntries(list.map((name) => [`aten.${name}`, rule]));

export const movementRules: AtenTable = {
  ...names(
    ["alias.default", "contiguous.default", "clone.default", "detach.default", "lift_fresh_copy.default"],
    identity,
  ),
  ...names(
    ["positive.default", "to.device", "lift_fresh.default", "lift.default", "resolve_conj.default"],
    identity,
  ),
  "aten.dropout.default": (c) => dropout(c, "input", "train"),
  "aten.feature_dropout.default": (c) => dropout(c, "input", "train"),
  "aten.native_dropout.default": (c) => dropout(c, "input", "train"),
  ...names(["to.dtype", "to.dtype_layout", "_to_copy.default"], convert),
  "aten.to.other": (c) => move.cast(c.builder, self(c), c.builder.typeOf(c.tensor("other")).dtype),
  "aten.type_as.default": (c) => move.cast(c.builder, self(c), c.builder.typeOf(c.tensor("other")).dtype),
  "aten.view.default": reshapeTo("size"),
  "aten._unsafe_view.default": reshapeTo("size"),
  "aten.reshape.default": reshapeTo("shape"),
  "aten.reshape_as.default": (c) => move.reshape(c.builder, self(c), c.shapeOf("other")),
  "aten.view_as.default": (c) => move.reshape(c.builder, self(c), c.shapeOf("other")),
  "aten.flatten.using_ints": flatten,
  "aten.unflatten.int": unflatten,
  "aten.unsqueeze.default": (c) => move.unsqueeze(c.builder, self(c), [c.int("dim")]),
  "aten.squeeze.default": (c) => move.squeeze(c.builder, self(c)),
  "aten.squeeze.dim": (c) => move.squeeze(c.builder, self(c), [c.int("dim")]),
  "aten.squeeze.dims": (c) => move.squeeze(c.builder, self(c), c.ints("dim")),
  "aten.permute.default": (c) => move.transpose(c.builder, self(c), c.ints("dims")),
  "aten.transpose.int": (c) => move.swapAxes(c.builder, self(c), c.int("dim0"), c.int("dim1")),
  "aten.swapaxes.default": (c) => move.swapAxes(c.builder, self(c), c.int("axis0"), c.int("axis1")),
  "aten.swapdims.default": (c) => move.swapAxes(c.builder, self(c), c.int("dim0"), c.int("dim1")),
  "aten.mT.default": (c) => move.swapAxes(c.builder, self(c), -2, -1),
  "aten.numpy_T.default": (c) =>
    move.transpose(
      c.builder,
      self(c),
      c.shapeOf("self").map((_, axis, shape) => shape.length - 1 - axis),
    ),
  "aten.t.default": (c) => (c.shapeOf("self").length < 2 ? self(c) : move.swapAxes(c.builder, self(c), 0, 1)),
  "aten.movedim.int": movedim,
  "aten.movedim.intlist": movedim,
  "aten.expand.default": expandTo("size"),
  "aten.broadcast_to.default": expandTo("size"),
  "aten.expand_as.default": (c) => move.expand(c.builder, self(c), c.shapeOf("other")),
  "aten.broadcast_tensors.default": broadcastTensors,
  "aten.repeat.default": repeat,
  "aten.tile.default": repeat,
  "aten.repeat_interleave.self_int": repeatInterleave,
  ...names(["cat.default", "concat.default", "concatenate.default"], concat),
  "aten.stack.default": (c) => move.stack(c.builder, c.tensors("tensors"), c.int("dim")),
  "aten.slice.Tensor": slice,
  "aten.narrow.default": (c) =>
    move.slice(c.builder, self(c), c.int("dim"), c.int("start"), c.int("start") + c.int("length")),
  "aten.select.int": (c) => move.select(c.builder, self(c), c.int("dim"), c.int("index")),
  "aten.split.Tensor": split,
  "aten.split_with_sizes.default": splitSizes,
  "aten.split_with_sizes_copy.default": splitSizes,
  "aten.split.sizes": (c) => move.split(c.builder, self(c), c.int("dim"), c.ints("split_size")),
  "aten.chunk.default": chunk,
  "aten.unbind.int": unbind,
  "aten.flip.default": (c) => move.flip(c.builder, self(c), c.ints("dims")),
  "aten.roll.default": roll,
  "aten.index.Tensor": index,
  "aten._unsafe_index.Tensor": index,
  "aten.index_select.default": gather,
  "aten.embedding.default": (c) =>
    c.builder.apply("gather", [c.tensor("weight"), c.tensor("indices")], { axis: 0 }),
  "aten.gather.default": (c) =>
    c.builder.apply("gatherElements", [self(c), c.tensor("index")], { axis: c.int("dim") }),
  "aten.select_scatter.default": selectScatter,
  "aten.slice_scatter.default": sliceScatter,
  "aten.copy.default": copy,
  "aten.unfold.default": (c) => {
    const axis = c.axis("dimension", c.shapeOf("self"));
    return unfold(c.builder, self(c), axis, c.int("size"), c.int("step"));
  },
  "aten.im2col.default": (c) => imageToColumns(c.builder, self(c), windows(c)),
  "aten.col2im.default": (c) => columnsToImage(c.builder, self(c), c.ints("output_size", 2), windows(c)),
  "aten.channel_shuffle.default": (c) => channelShuffle(c.builder, self(c), c.int("groups")),
  "aten.native_channel_shuffle.default": (c) => channelShuffle(c.builder, self(c), c.int("groups")),
  "aten.diag.default": diag,
  "aten.trace.default": (c) => reduce(c.builder, "sum", diagonalOf(c, 0, 1, 0), [0], false),
  "aten.diff.default": diff,
  "aten.triu.default": triangle((row, column, k) => column - row >= k),
  "aten.tril.default": triangle((row, column, k) => column - row <= k),
  "aten.diagonal.default": diagonal,
};

/** Dropout does nothing in evaluation; in training it draws at random, which no circuit can follow. */
function dropout(c: AtenCall, input: string, train: string): ValueId {
  if (c.has(train) && c.flag(train)) {
    throw new OperatorError("dropout is active: call model.eval() before the export");
  }
  return c.tensor(input);
}
