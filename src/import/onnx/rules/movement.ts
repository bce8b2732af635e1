import { sizeOf, stridesOf } from "../../../tensor/tensor.js";
import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { adviceFor } from "../../advice.js";
import { checkedSize, dtypeOf } from "../../elements.js";
import { wrapNegative } from "../../compose/indexing.js";
import { isReduction, positionsAlong, scatter, type Reduction } from "../../compose/scatter.js";
import * as move from "../../compose/movement.js";
import type { OnnxCall } from "../call.js";
import { onnxElementType } from "../tensors.js";
import type { OnnxRule, OnnxTable } from "./rule.js";

const identity: OnnxRule = (c) => c.input(0);

const constant: OnnxRule = (c) => {
  const b = c.builder;
  if (c.hasAttribute("value")) {
    const id = b.constant(c.tensor("value"));
    c.elementTypes.set(id, c.tensorType("value"));
    return id;
  }
  if (c.hasAttribute("sparse_value")) return b.constant(c.sparseTensor("sparse_value"));
  if (c.hasAttribute("value_float")) return b.scalar(c.float("value_float"));
  if (c.hasAttribute("value_int")) return b.scalar(c.int("value_int"), "int");
  if (c.hasAttribute("value_ints")) return b.ints(c.ints("value_ints"));
  if (c.hasAttribute("value_floats")) {
    const data = Float64Array.from(c.floats("value_floats"));
    return b.constant({ dtype: "float", shape: [data.length], data });
  }
  throw new OperatorError("a constant of this kind is not supported");
};

/** In the new shape, 0 keeps the input's size (unless allowzero) and -1 takes what is left. */
const reshape: OnnxRule = (c) => {
  const own = c.shapeOf(0);
  const wanted = c.intsFrom(1, "shape") ?? [];
  const zero = c.int("allowzero", 0) === 1;
  return move.reshape(
    c.builder,
    c.input(0),
    wanted.map((size, axis) => (size === 0 && !zero ? (own[axis] ?? 0) : size)),
  );
};

const transpose: OnnxRule = (c) => {
  const reversed = c.shapeOf(0).map((_, axis, shape) => shape.length - 1 - axis);
  return move.transpose(c.builder, c.input(0), c.ints("perm", reversed));
};

const slice: OnnxRule = (c) => {
  const starts = c.intsFrom(1, "starts") ?? [];
  const ends = c.intsFrom(2, "ends") ?? [];
  const axes = c.intsFrom(3, "axes") ?? starts.map((_, axis) => axis);
  const steps = c.has(4) ? c.constantInts(4) : starts.map(() => 1);
  return axes.reduce((x, axis, i) => {
    const step = steps[i];
    const length = c.builder.shapeOf(x)[move.axisIn(axis, c.builder.shapeOf(x).length)];
    // Walking backwards, an end beyond the front means the front itself.
    const end = step < 0 && ends[i] < -length ? undefined : ends[i];
    return move.slice(c.builder, x, axis, starts[i], end, step);
  }, c.input(0));
};

const split: OnnxRule = (c) => {
  const shape = c.shapeOf(0);
  const axis = move.axisIn(c.int("axis", 0), shape.length);
  const given = c.intsFrom(1, "split");
  const parts = c.int("num_outputs", c.node.output.length);
  const sizes = given ?? move.chunkSizes(shape[axis], Math.ceil(shape[axis] / parts));
  return move.split(c.builder, c.input(0), axis, sizes);
};

const expand: OnnxRule = (c) => {
  const own = c.shapeOf(0);
  const wanted = c.constantInts(1);
  // Both ways: a 1 in the wanted shape keeps the input's size.
  const lead = Math.max(own.length, wanted.length);
  const at = (shape: readonly number[], axis: number): number => shape[axis - (lead - shape.length)] ?? 1;
  const shape = move.sequence(lead, (axis) => (at(wanted, axis) === 1 ? at(own, axis) : at(wanted, axis)));
  return c.builder.apply("expand", [c.input(0)], { shape });
};

/** All begins, then all ends, of the given axes. */
const pad: OnnxRule = (c) => {
  const b = c.builder;
  const rank = c.shapeOf(0).length;
  const counts = c.intsFrom(1, "pads") ?? [];
  const axes = (c.has(3) ? c.constantInts(3) : move.sequence(rank, (i) => i)).map((a) =>
    move.axisIn(a, rank),
  );
  const mode = c.text("mode", "constant");
  const value = c.has(2) ? c.constantNumber(2) : c.float("value", 0);
  const names: Record<string, string> = { reflect: "reflect", edge: "replicate", wrap: "circular" };
  if (mode !== "constant") {
    const picked = Object.hasOwn(names, mode) ? names[mode] : mode;
    return axes.reduce(
      (x, axis, i) => move.padByPicking(b, x, axis, counts[i], counts[axes.length + i], picked),
      c.input(0),
    );
  }
  const before = new Array<number>(rank).fill(0);
  const after = new Array<number>(rank).fill(0);
  axes.forEach((axis, i) => ([before[axis], after[axis]] = [counts[i] ?? 0, counts[axes.length + i] ?? 0]));
  let x = c.input(0);
  axes.forEach((axis) => {
    const [cutFront, cutBack] = [Math.max(0, -before[axis]), Math.max(0, -after[axis])];
    if (cutFront + cutBack > 0) x = move.slice(b, x, axis, cutFront, b.shapeOf(x)[axis] - cutBack);
  });
  const positive = (list: number[]): number[] => list.map((count) => Math.max(0, count));
  return b.apply("pad", [x], { before: positive(before), after: positive(after), value });
};

const constantOfShape: OnnxRule = (c) => {
  const shape = c.constantInts(0);
  const value = c.hasAttribute("value")
    ? c.tensor("value")
    : { dtype: "float" as const, data: new Float64Array(1) };
  const data = new Float64Array(checkedSize(shape)).fill(value.data[0] ?? 0);
  return c.builder.constant({ dtype: value.dtype, shape, data });
};

const range: OnnxRule = (c) => {
  const [start, limit, delta] = [c.constantNumber(0), c.constantNumber(1), c.constantNumber(2)];
  const size = Math.max(0, Math.ceil((limit - start) / delta));
  checkedSize([size]);
  const data = Float64Array.from({ length: size }, (_, i) => start + i * delta);
  return c.builder.constant({ dtype: c.constant(0).dtype, shape: [size], data });
};

const trilu: OnnxRule = (c) => {
  const b = c.builder;
  const [rows, columns] = c.shapeOf(0).slice(-2) as [number, number];
  const k = c.has(1) ? c.constantNumber(1) : 0;
  const upper = c.int("upper", 1) === 1;
  const data = Float64Array.from({ length: rows * columns }, (_, i) => {
    const distance = (i % columns) - Math.floor(i / columns);
    return Number(upper ? distance >= k : distance <= k);
  });
  const mask = b.constant({ dtype: "bool", shape: [rows, columns], data }, "mask");
  return b.apply("where", [mask, c.input(0), b.scalar(0, b.typeOf(c.input(0)).dtype)]);
};

/** data[indices[…, 0], indices[…, 1], …] with constant indices, as one gather over the indexed axes together. */
const gatherND: OnnxRule = (c) => {
  const shape = c.shapeOf(0);
  const indices = c.constant(1);
  const batchAxes = c.int("batch_dims", 0);
  const depth = indices.shape.at(-1) ?? 0;
  const [batch, inner] = [shape.slice(0, batchAxes), shape.slice(batchAxes)];
  if (batchAxes < 0 || batch.join() !== indices.shape.slice(0, batchAxes).join())
    throw new OperatorError("the indices do not have the batch's shape");
  const positions = flatPositions(indices.data, depth, inner);
  const each = positions.length / Math.max(1, sizeOf(batch));
  const size = sizeOf(inner.slice(0, depth));
  const places = positions.map((position, i) => Math.floor(i / each) * size + position);
  const flat = move.reshape(c.builder, c.input(0), [sizeOf(batch) * size, ...inner.slice(depth)]);
  return c.builder.apply("gather", [flat, c.builder.ints(places, indices.shape.slice(0, -1))], { axis: 0 });
};

function reductionOf(c: OnnxCall): Reduction {
  const name = c.text("reduction", "none");
  if (!isReduction(name) || name === "mean") throw new OperatorError(`scattering by "${name}" is not known`);
  return name;
}

/** Replaces the slices at constant indices by those of the updates, or combines them. */
const scatterND: OnnxRule = (c) => {
  const b = c.builder;
  const shape = c.shapeOf(0);
  const indices = c.constant(1);
  const depth = indices.shape.at(-1) ?? 0;
  const size = sizeOf(shape.slice(depth));
  const firsts = flatPositions(indices.data, depth, shape);
  const positions = move.sequence(
    firsts.length * size,
    (i) => firsts[Math.floor(i / size)] * size + (i % size),
  );
  return scatter(b, c.input(0), positions, c.input(2), reductionOf(c));
};

/** Replaces elements along one axis at constant indices, or combines them. */
const scatterElements: OnnxRule = (c) => {
  const positions = positionsAlong(c.builder, c.input(0), c.input(1), c.int("axis", 0));
  return scatter(c.builder, c.input(0), positions, c.input(2), reductionOf(c));
};

function flatPositions(indices: Float64Array, depth: number, shape: readonly number[]): number[] {
  if (depth > shape.length) throw new OperatorError("the indices have more parts than the data has axes");
  return move.sequence(depth === 0 ? 0 : indices.length / depth, (i) => {
    let position = 0;
    for (let axis = 0; axis < depth; axis++) {
      const index = indices[i * depth + axis];
      const wrapped = index < 0 ? index + shape[axis] : index;
      if (!(wrapped >= 0 && wrapped < shape[axis]))
        throw new OperatorError(`index ${index} is outside axis ${axis}`);
      position = position * shape[axis] + wrapped;
    }
    return position;
  });
}

/** An index from -depth on counts from the end; any other is off everywhere. */
const oneHot: OnnxRule = (c) => {
  const b = c.builder;
  const classes = c.constantNumber(1);
  const [off, on] = c.constant(2).data;
  const rank = c.shapeOf(0).length;
  const axis = move.axisIn(c.int("axis", -1), rank + 1);
  const labels = b.ints(
    move.sequence(classes, (i) => i),
    [classes, ...new Array<number>(rank - axis).fill(1)],
  );
  const index = wrapNegative(b, move.cast(b, c.input(0), "int"), classes);
  const hit = b.apply("equal", [move.unsqueeze(b, index, [axis]), labels]);
  const dtype = c.constant(2).dtype;
  return b.apply("where", [hit, b.scalar(on ?? 1, dtype), b.scalar(off ?? 0, dtype)]);
};

/** A diagonal of ones in the shape of a matrix. */
const eyeLike: OnnxRule = (c) => {
  const [rows, columns] = c.shapeOf(0) as [number, number];
  if (c.shapeOf(0).length !== 2) throw new OperatorError("it needs a matrix");
  const k = c.int("k", 0);
  const data = Float64Array.from({ length: rows * columns }, (_, i) =>
    Number((i % columns) - Math.floor(i / columns) === k),
  );
  const dtype = c.hasAttribute("dtype")
    ? dtypeOf(onnxElementType(c.int("dtype")))
    : c.builder.typeOf(c.input(0)).dtype;
  return c.builder.constant({ dtype, shape: [rows, columns], data });
};

/** The slices along an axis where a constant mask holds. */
const compress: OnnxRule = (c) => {
  const mask = c.constant(1).data;
  const positions = [...mask.keys()].filter((i) => mask[i] !== 0);
  if (c.hasAttribute("axis"))
    return move.pickAlong(c.builder, c.input(0), move.axisIn(c.int("axis"), c.shapeOf(0).length), positions);
  return move.pickAlong(c.builder, move.reshape(c.builder, c.input(0), [-1]), 0, positions);
};

/** The indices of a constant's elements that are not 0, one row per axis. */
const nonZero: OnnxRule = (c) => {
  const value = c.builder.constantOf(c.input(0));
  if (value === undefined) throw new OperatorError(adviceFor("NonZero"));
  const found = [...value.data.keys()].filter((i) => value.data[i] !== 0);
  const strides = stridesOf(value.shape);
  const rows = value.shape.map((size, axis) => found.map((i) => Math.floor(i / strides[axis]) % size));
  return c.builder.ints(rows.flat(), [value.shape.length, found.length]);
};

const squeeze: OnnxRule = (c): ValueId => move.squeeze(c.builder, c.input(0), c.intsFrom(1, "axes"));
const unsqueeze: OnnxRule = (c): ValueId =>
  move.unsqueeze(c.builder, c.input(0), c.intsFrom(1, "axes") ?? []);

/** The shape, or the part of it that start and end choose. */
const shapeRule: OnnxRule = (c) => {
  const shape = c.shapeOf(0);
  return c.builder.ints(shape.slice(c.int("start", 0), c.int("end", shape.length)));
};

const dropout: OnnxRule = (c: OnnxCall) => {
  if ((c.has(2) && c.constantNumber(2) !== 0) || (c.opset < 7 && c.int("is_test", 0) === 0))
    throw new OperatorError("dropout is active: call model.eval() before the export");
  // Its second result is the mask: nothing is dropped.
  const shape = c.shapeOf(0);
  const data = new Float64Array(sizeOf(shape)).fill(1);
  return c.node.output.length > 1
    ? [c.input(0), c.builder.constant({ dtype: "bool", shape, data })]
    : c.input(0);
};

export const movementRules: OnnxTable = {
  Identity: identity,
  Dropout: dropout,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  Shape: shapeRule,
  Size: (c) => c.builder.scalar(sizeOf(c.shapeOf(0)), "int"),
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Tile: (c) => move.tile(c.builder, c.input(0), c.constantInts(1)),
  Concat: (c) => move.concat(c.builder, c.inputs(), c.int("axis")),
  Slice: slice,
  Split: split,
  Pad: pad,
  Gather: (c) =>
    c.builder.apply("gather", [c.input(0), move.cast(c.builder, c.input(1), "int")], {
      axis: c.int("axis", 0),
    }),
  GatherElements: (c) =>
    c.builder.apply("gatherElements", [c.input(0), c.input(1)], { axis: c.int("axis", 0) }),
  GatherND: gatherND,
  ScatterND: scatterND,
  ScatterElements: scatterElements,
  Scatter: scatterElements,
  EyeLike: eyeLike,
  Compress: compress,
  NonZero: nonZero,
  Trilu: trilu,
  OneHot: oneHot,
};
