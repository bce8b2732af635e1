import { sizeOf } from "../../../tensor/tensor.js";
import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import * as move from "../../compose/movement.js";
import { scatter } from "../../compose/scatter.js";
import { diagonalMatrix } from "../../compose/windows.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

/** Operators that split, join and turn tensors, by those of one axis. */

const self = (c: AtenCall): ValueId => c.tensor("self");

/** x with at least `rank` axes, the new ones where NumPy puts them. */
function atLeast(c: AtenCall, x: ValueId, rank: number): ValueId {
  const b = c.builder;
  const shape = b.shapeOf(x);
  if (shape.length >= rank) return x;
  if (shape.length === 0) return move.reshape(b, x, new Array<number>(rank).fill(1));
  if (rank === 2) return move.unsqueeze(b, x, [0]);
  return move.unsqueeze(b, x, shape.length === 1 ? [0, 2] : [2]);
}

const raised =
  (rank: number): AtenRule =>
  (c) =>
    c.operator.endsWith(".Sequence")
      ? c.tensors("tensors").map((x) => atLeast(c, x, rank))
      : atLeast(c, self(c), rank);

/** Joins along an axis, of tensors with at least so many axes; rows join along their only axis. */
const stacked =
  (rank: number, axis: number): AtenRule =>
  (c) => {
    const parts = c.tensors("tensors").map((x) => atLeast(c, x, rank));
    return move.concat(c.builder, parts, Math.min(axis, c.builder.shapeOf(parts[0]).length - 1));
  };

/** Vectors stand as columns. */
const columnStack: AtenRule = (c) => {
  const b = c.builder;
  const parts = c.tensors("tensors").map((x) => (b.shapeOf(x).length < 2 ? move.reshape(b, x, [-1, 1]) : x));
  return move.concat(b, parts, 1);
};

/** The first parts of a split have one element more where it does not come out even. */
function sections(length: number, count: number): number[] {
  if (!(count > 0)) throw new OperatorError(`an axis cannot be split into ${count} parts`);
  const [least, more] = [Math.floor(length / count), length % count];
  return move.sequence(count, (i) => least + (i < more ? 1 : 0));
}

function splitAt(c: AtenCall, axis: number, places: readonly number[]): ValueId[] {
  const length = c.shapeOf("self")[axis];
  const inside = places.map((place) => Math.min(Math.max(place < 0 ? place + length : place, 0), length));
  return [...inside, length].map((end, i) =>
    move.slice(c.builder, self(c), axis, inside[i - 1] ?? 0, Math.max(end, inside[i - 1] ?? 0)),
  );
}

const tensorSplit: AtenRule = (c) => {
  const axis = c.axis("dim", c.shapeOf("self"));
  if (c.operator.endsWith(".indices")) return splitAt(c, axis, c.ints("indices"));
  return move.split(c.builder, self(c), axis, sections(c.shapeOf("self")[axis], c.int("sections")));
};

/** hsplit, vsplit and dsplit: even parts along an axis, or parts that begin at indices. */
const axisSplit =
  (axisOf: (rank: number) => number): AtenRule =>
  (c) => {
    const shape = c.shapeOf("self");
    const axis = axisOf(shape.length);
    if (c.operator.endsWith(".array")) return splitAt(c, axis, c.ints("indices"));
    return move.split(c.builder, self(c), axis, sections(shape[axis] ?? 0, c.int("sections")));
  };

const rot90: AtenRule = (c) => {
  const b = c.builder;
  const [first, second] = c.ints("dims").map((axis) => move.axisIn(axis, c.shapeOf("self").length));
  if (first === undefined || second === undefined || first === second)
    throw new OperatorError("a rotation needs two axes");
  const turns = ((c.int("k") % 4) + 4) % 4;
  if (turns === 0) return self(c);
  if (turns === 2) return move.flip(b, self(c), [first, second]);
  const swapped = move.swapAxes(b, self(c), first, second);
  return move.flip(b, swapped, [turns === 1 ? first : second]);
};

/** Each tensor along its own axis of all of their axes. */
function mesh(c: AtenCall, tensors: readonly ValueId[]): ValueId[] {
  const b = c.builder;
  const sizes = tensors.map((x) => sizeOf(b.shapeOf(x)));
  return tensors.map((x, i) => {
    const own = sizes.map((size, axis) => (axis === i ? size : 1));
    return move.expand(b, move.reshape(b, x, own), sizes);
  });
}

const meshgrid: AtenRule = (c) => {
  const grids = mesh(c, c.tensors("tensors"));
  if (!c.has("indexing") || c.text("indexing") !== "xy" || grids.length < 2) return grids;
  const [first, second, ...rest] = c.tensors("tensors") as [ValueId, ValueId, ...ValueId[]];
  const [y, x, ...others] = mesh(c, [second, first, ...rest]) as [ValueId, ValueId, ...ValueId[]];
  return [x, y, ...others];
};

const cartesianProduct: AtenRule = (c) => {
  const b = c.builder;
  const grids = mesh(c, c.tensors("tensors")).map((x) => move.reshape(b, x, [-1]));
  return grids.length === 1 ? grids[0] : move.stack(b, grids, 1);
};

const blockDiagonal: AtenRule = (c) => {
  const b = c.builder;
  const blocks = c.tensors("tensors").map((x) => atLeast(c, x, 2));
  const width = blocks.reduce((sum, x) => sum + b.shapeOf(x)[1], 0);
  let before = 0;
  const rows = blocks.map((x) => {
    const own = b.shapeOf(x)[1];
    const pads = { before: [0, before], after: [0, width - before - own], value: 0 };
    before += own;
    return b.apply("pad", [x], pads);
  });
  return move.concat(b, rows, 0);
};

/** self with a tensor written on a diagonal, or each slice of an index combined with what is there. */
const diagonalScatter: AtenRule = (c) => {
  const b = c.builder;
  const shape = c.shapeOf("self");
  const [first, second, offset] = [c.axis("dim1", shape), c.axis("dim2", shape), c.int("offset")];
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const others = shape.flatMap((_, axis) => (axis === first || axis === second ? [] : [axis]));
  const length = b.shapeOf(c.tensor("src")).at(-1) ?? 1;
  const lead = others.map((axis) => shape[axis]);
  const places = move.sequence(sizeOf(lead) * length, (i) => {
    const along = i % length;
    let rest = Math.floor(i / length);
    let place =
      (along + Math.max(0, -offset)) * strides[first] + (along + Math.max(0, offset)) * strides[second];
    for (let j = others.length - 1; j >= 0; j--) {
      place += (rest % lead[j]) * strides[others[j]];
      rest = Math.floor(rest / lead[j]);
    }
    return place;
  });
  const room = Math.min(shape[first] + Math.min(offset, 0), shape[second] - Math.max(offset, 0));
  if (length !== Math.max(0, room))
    throw new OperatorError(`the diagonal has ${room} elements, not ${length}`);
  return scatter(b, self(c), places, c.tensor("src"), "none");
};

/** Each element as often as constant counts say. */
const repeatEach: AtenRule = (c) => {
  const b = c.builder;
  const x = c.has("dim") ? self(c) : move.reshape(b, self(c), [-1]);
  const axis = c.has("dim") ? c.axis("dim", b.shapeOf(x)) : 0;
  const length = b.shapeOf(x)[axis];
  const counts = [...c.constant("repeats").data];
  const times = counts.length === 1 ? move.sequence(length, () => counts[0]) : counts;
  if (times.length !== length)
    throw new OperatorError(`${times.length} counts do not fit ${length} elements`);
  const total = times.reduce((sum, n) => sum + n, 0);
  move.sequence(total, () => 0);
  return move.pickAlong(
    b,
    x,
    axis,
    times.flatMap((n, i) => new Array<number>(n).fill(i)),
  );
};

const MAX_COMBINED = 1024;

/** Pairs of a vector's elements, the first before the second. */
const combinations: AtenRule = (c) => {
  const [b, size] = [c.builder, c.shapeOf("self")[0] ?? 0];
  if (size > MAX_COMBINED) throw new OperatorError(`${size} elements are more than ${MAX_COMBINED}`);
  if (c.int("r") !== 2) throw new OperatorError("combinations of two elements are supported only");
  const again = c.flag("with_replacement");
  const pairs = move
    .sequence(size * size, (i) => [Math.floor(i / size), i % size] as const)
    .filter(([first, second]) => first < second || (again && first === second));
  return b.apply("gather", [self(c), b.ints(pairs.flat(), [pairs.length, 2])], { axis: 0 });
};

const flat = (c: AtenCall): ValueId => move.reshape(c.builder, self(c), [-1]);

export const joinRules: AtenTable = {
  "aten.ravel.default": flat,
  "aten.atleast_1d.default": raised(1),
  "aten.atleast_2d.default": raised(2),
  "aten.atleast_3d.default": raised(3),
  "aten.atleast_1d.Sequence": raised(1),
  "aten.atleast_2d.Sequence": raised(2),
  "aten.atleast_3d.Sequence": raised(3),
  "aten.hstack.default": stacked(1, 1),
  "aten.vstack.default": stacked(2, 0),
  "aten.dstack.default": stacked(3, 2),
  "aten.column_stack.default": columnStack,
  "aten.tensor_split.sections": tensorSplit,
  "aten.tensor_split.indices": tensorSplit,
  "aten.hsplit.int": axisSplit((rank) => (rank === 1 ? 0 : 1)),
  "aten.hsplit.array": axisSplit((rank) => (rank === 1 ? 0 : 1)),
  "aten.vsplit.int": axisSplit(() => 0),
  "aten.vsplit.array": axisSplit(() => 0),
  "aten.dsplit.int": axisSplit(() => 2),
  "aten.dsplit.array": axisSplit(() => 2),
  "aten.fliplr.default": (c) => move.flip(c.builder, self(c), [1]),
  "aten.flipud.default": (c) => move.flip(c.builder, self(c), [0]),
  "aten.rot90.default": rot90,
  "aten.meshgrid.default": meshgrid,
  "aten.meshgrid.indexing": meshgrid,
  "aten.cartesian_prod.default": cartesianProduct,
  "aten.combinations.default": combinations,
  "aten.block_diag.default": blockDiagonal,
  "aten.diagflat.default": (c) => diagonalMatrix(c.builder, flat(c), c.int("offset")),
  "aten.diagonal_scatter.default": diagonalScatter,
  "aten.repeat_interleave.self_Tensor": repeatEach,
};
