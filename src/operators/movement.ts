import { broadcastShapes, formatShape, sameShape, sizeOf, stridesOf, walk } from "../tensor/tensor.js";
import type { Tensor } from "../tensor/types.js";
import { expect, inputOf, intsOf, numberOf } from "./attributes.js";
import { aroundAxis, axisOf } from "./axes.js";
import { broadcastData, promote } from "./binary.js";
import { moving } from "./moving.js";
import { type Meaning, type Operator } from "./operator.js";
import { OperatorError } from "../errors/operatorError.js";

/** reshape(x; shape): the same elements in the same order. */
const reshape: Meaning = {
  name: "reshape",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const shape = intsOf(attributes, "shape");
    expect(
      shape.every((size) => size >= 0) && sizeOf(shape) === sizeOf(x.shape),
      `${formatShape(x.shape)} cannot be reshaped to ${formatShape(shape)}`,
    );
    return [{ dtype: x.dtype, shape }];
  },
  evaluate(inputs, attributes) {
    return [{ ...reshape.infer(inputs, attributes)[0], data: inputOf(inputs, 0).data }];
  },
};

/** transpose(x; perm): axis i of the result is axis perm[i] of x. */
const transpose: Meaning = {
  name: "transpose",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const perm = intsOf(attributes, "perm", x.shape.length);
    expect(
      [...perm].sort((a, b) => a - b).every((axis, i) => axis === i),
      `${perm.join(", ")} is not a permutation of ${x.shape.length} axes`,
    );
    return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]) }];
  },
  evaluate(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const type = transpose.infer(inputs, attributes)[0];
    const strides = stridesOf(x.shape);
    const moved = intsOf(attributes, "perm").map((axis) => strides[axis]);
    return [{ ...type, data: pick(x, type.shape, moved, 0) }];
  },
};

/** expand(x; shape): repeats axes of size 1, and adds axes in front. */
const expand: Meaning = {
  name: "expand",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const shape = intsOf(attributes, "shape");
    const common = broadcastShapes(x.shape, shape);
    expect(
      common !== undefined && sameShape(common, shape),
      `${formatShape(x.shape)} cannot be expanded to ${formatShape(shape)}`,
    );
    return [{ dtype: x.dtype, shape }];
  },
  evaluate(inputs, attributes) {
    const type = expand.infer(inputs, attributes)[0];
    return [{ ...type, data: broadcastData(inputOf(inputs, 0), type.shape) }];
  },
};

/** slice(x; start, step, size): one entry per axis; a negative step walks backwards. */
const slice: Meaning = {
  name: "slice",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const rank = x.shape.length;
    const start = intsOf(attributes, "start", rank);
    const step = intsOf(attributes, "step", rank);
    const size = intsOf(attributes, "size", rank);
    x.shape.forEach((length, axis) => {
      const last = start[axis] + step[axis] * (size[axis] - 1);
      expect(
        size[axis] >= 0 &&
          (size[axis] === 0 || [start[axis], last].every((position) => position >= 0 && position < length)),
        `the slice leaves axis ${axis} of ${formatShape(x.shape)}`,
      );
    });
    return [{ dtype: x.dtype, shape: size }];
  },
  evaluate(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const type = slice.infer(inputs, attributes)[0];
    const strides = stridesOf(x.shape);
    const first = intsOf(attributes, "start").reduce((sum, start, axis) => sum + start * strides[axis], 0);
    const steps = intsOf(attributes, "step").map((step, axis) => step * strides[axis]);
    return [{ ...type, data: pick(x, type.shape, steps, first) }];
  },
};

/** concat(x0, x1, …; axis) */
const concat: Meaning = {
  name: "concat",
  infer(inputs, attributes) {
    const first = inputOf(inputs, 0);
    const axis = axisOf(attributes, first.shape);
    let size = 0;
    let dtype = first.dtype;
    for (const input of inputs) {
      const fits = input.shape.length === first.shape.length;
      if (!fits || !input.shape.every((length, a) => a === axis || length === first.shape[a])) {
        throw new OperatorError(
          `shapes ${inputs.map((i) => formatShape(i.shape)).join(", ")} cannot be joined along axis ${axis}`,
        );
      }
      size += input.shape[axis];
      dtype = promote(dtype, input.dtype);
    }
    return [{ dtype, shape: first.shape.map((length, a) => (a === axis ? size : length)) }];
  },
  evaluate(inputs, attributes) {
    const type = concat.infer(inputs, attributes)[0];
    const axis = axisOf(attributes, type.shape);
    const data = new Float64Array(sizeOf(type.shape));
    const { outer, size, inner } = aroundAxis(type.shape, axis);
    let column = 0;
    for (const input of inputs) {
      const block = input.shape[axis] * inner;
      for (let o = 0; o < outer; o++) {
        data.set(input.data.subarray(o * block, (o + 1) * block), o * size * inner + column);
      }
      column += block;
    }
    return [{ ...type, data }];
  },
};

/** pad(x; before, after, value): one count an axis; negative counts are slices, and not for this operator. */
const pad: Meaning = {
  name: "pad",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const before = intsOf(attributes, "before", x.shape.length);
    const after = intsOf(attributes, "after", x.shape.length);
    expect(
      [...before, ...after].every((count) => count >= 0),
      "no padding may be negative",
    );
    return [{ dtype: x.dtype, shape: x.shape.map((size, axis) => before[axis] + size + after[axis]) }];
  },
  evaluate(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const type = pad.infer(inputs, attributes)[0];
    const strides = stridesOf(type.shape);
    const first = intsOf(attributes, "before").reduce((sum, count, axis) => sum + count * strides[axis], 0);
    const data = new Float64Array(sizeOf(type.shape)).fill(numberOf(attributes, "value"));
    walk(x.shape, strides, first, (position, offset) => {
      data[offset] = x.data[position]!;
    });
    return [{ ...type, data }];
  },
};

function pick(x: Tensor, shape: readonly number[], strides: readonly number[], start: number): Float64Array {
  const data = new Float64Array(sizeOf(shape));
  walk(shape, strides, start, (i, offset) => {
    data[i] = x.data[offset]!;
  });
  return data;
}

export const movementOperators: readonly Operator[] = [reshape, transpose, expand, slice, concat, pad].map(
  moving,
);
