import { formatShape, sizeOf, stridesOf, walk } from "../tensor/tensor.js";
import { isConstant } from "../lowering/operand.js";
import { constantOf, expect, inputOf, intOf, operandOf } from "./attributes.js";
import { aroundAxis, axisOf } from "./axes.js";
import { moved } from "./moving.js";
import { type Meaning, type Operator } from "./operator.js";
import { OperatorError } from "../errors/operatorError.js";

/**
 * gather(x, indices; axis): slices of x along the axis, in the indices' shape in its place. A negative index counts
 * from the end. With constant indices it is wiring; with computed ones a lookup.
 */
const choice: Meaning = {
  name: "gather",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const indices = inputOf(inputs, 1);
    const axis = axisOf(attributes, x.shape);
    expect(indices.dtype === "int", "the indices must be integers");
    return [
      { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] },
    ];
  },
  evaluate(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const indices = inputOf(inputs, 1).data;
    const type = choice.infer(inputs, attributes)[0];
    const { outer, size, inner } = aroundAxis(x.shape, axisOf(attributes, x.shape));
    const data = new Float64Array(sizeOf(type.shape));
    for (let o = 0, target = 0; o < outer; o++) {
      for (const index of indices) {
        const source = (o * size + position(index, size)) * inner;
        data.set(x.data.subarray(source, source + inner), target);
        target += inner;
      }
    }
    return [{ ...type, data }];
  },
};

/** With constant indices a movement; with computed ones a table of which each index chooses a row (embedding). */
const gather: Operator = {
  ...choice,
  scales: (constant) => (constant(1) ? "as consumer" : "one"),
  lower(input) {
    const { lowering, site, inputs, attributes } = input;
    if (isConstant(inputs[1])) return moved(choice, input);
    if (intOf(attributes, "axis") !== 0) throw new Error("a table lies along its first axis");
    const table = constantOf(inputs, 0);
    const { shape } = site.types[0];
    if (table.shape[0] === 1) {
      const row = Float64Array.from({ length: sizeOf(shape) }, (_, i) => table.data[i % table.data.length]);
      return [lowering.constant(site, operandOf(inputs, 1), row, shape)];
    }
    return [lowering.lookup(site, table, operandOf(inputs, 1), shape)];
  },
};

/** gatherElements(x, indices; axis): out[i][j] = x[indices[i][j]][j] for axis 0, and so on. */
const choiceOfElements: Meaning = {
  name: "gatherElements",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const indices = inputOf(inputs, 1);
    const axis = axisOf(attributes, x.shape);
    expect(indices.dtype === "int", "the indices must be integers");
    expect(
      indices.shape.length === x.shape.length && indices.shape.every((n, a) => a === axis || n <= x.shape[a]),
      `indices ${formatShape(indices.shape)} do not fit ${formatShape(x.shape)}`,
    );
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  evaluate(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const indices = inputOf(inputs, 1);
    const type = choiceOfElements.infer(inputs, attributes)[0];
    const axis = axisOf(attributes, x.shape);
    const strides = stridesOf(x.shape);
    const along = strides[axis];
    const others = strides.map((stride, a) => (a === axis ? 0 : stride));
    const data = new Float64Array(sizeOf(type.shape));
    walk(type.shape, others, 0, (i, offset) => {
      data[i] = x.data[offset + position(indices.data[i], x.shape[axis]) * along]!;
    });
    return [{ ...type, data }];
  },
};

/** The indices are constant: others became sums before (`computedIndices`). */
const gatherElements: Operator = {
  ...choiceOfElements,
  scales: "as consumer",
  lower(input) {
    constantOf(input.inputs, 1);
    return moved(choiceOfElements, input);
  },
};

function position(index: number, size: number): number {
  const result = index < 0 ? index + size : index;
  if (!(result >= 0 && result < size))
    throw new OperatorError(`index ${index} is outside an axis of ${size}`);
  return result;
}

export const gatherOperators: readonly Operator[] = [gather, gatherElements];
