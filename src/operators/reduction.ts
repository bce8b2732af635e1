import { broadcastStrides, formatShape, normalizeAxis, sizeOf, walk } from "../graph/tensor.js";
import type { Attributes, DType, Shape, Tensor, TensorType } from "../graph/types.js";
import { expect, flagOf, inputOf, intOf, intsOf } from "./attributes.js";
import { OperatorError, type Operator } from "./operator.js";

/** The attribute as an axis of a tensor of this shape, counted from the front. */
export function axisOf(attributes: Attributes, shape: Shape, name = "axis"): number {
  const axis = normalizeAxis(intOf(attributes, name), shape.length);
  if (axis === undefined) {
    throw new OperatorError(`${formatShape(shape)} has no axis ${intOf(attributes, name)}`);
  }
  return axis;
}

/** A reduction over `axes`; `keepDims` leaves them with size 1. */
function reduction(
  name: string,
  initial: number,
  combine: (accumulated: number, x: number) => number,
  finish: (accumulated: number, count: number) => number = (accumulated) => accumulated,
  dtype: (input: DType) => DType = (input) => input,
): Operator {
  const infer: Operator["infer"] = (inputs, attributes) => {
    const x = inputOf(inputs, 0);
    const axes = reducedAxes(x, attributes);
    const shape = flagOf(attributes, "keepDims")
      ? x.shape.map((size, axis) => (axes.has(axis) ? 1 : size))
      : x.shape.filter((_, axis) => !axes.has(axis));
    return [{ dtype: dtype(x.dtype), shape }];
  };
  return {
    name,
    infer,
    evaluate(inputs, attributes) {
      const x = inputOf(inputs, 0);
      const axes = reducedAxes(x, attributes);
      const kept = x.shape.map((size, axis) => (axes.has(axis) ? 1 : size));
      const data = new Float64Array(sizeOf(kept)).fill(initial);
      walk(x.shape, broadcastStrides(kept, x.shape), 0, (position, offset) => {
        data[offset] = combine(data[offset]!, x.data[position]!);
      });
      const count = sizeOf(x.shape) / data.length;
      return [{ ...infer(inputs, attributes)[0]!, data: data.map((value) => finish(value, count)) }];
    },
  };
}

function reducedAxes(x: TensorType, attributes: Attributes): Set<number> {
  const axes = intsOf(attributes, "axes").map((axis) => normalizeAxis(axis, x.shape.length));
  if (axes.includes(undefined)) {
    throw new OperatorError(
      `${formatShape(x.shape)} has not all of the axes ${intsOf(attributes, "axes").join(", ")}`,
    );
  }
  return new Set(axes as number[]);
}

/** A tensor seen as [outer, size, inner] around one axis. */
export function aroundAxis(shape: Shape, axis: number): { outer: number; size: number; inner: number } {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    size: shape[axis] ?? 1,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

/** Calls `visit(start, stride, size)` for each line of elements along the axis. */
export function alongAxis(
  shape: Shape,
  axis: number,
  visit: (start: number, stride: number, size: number, line: number) => void,
): void {
  const { outer, size, inner } = aroundAxis(shape, axis);
  for (let o = 0, line = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) visit(o * size * inner + i, inner, size, line++);
  }
}

/** argMax(x; axis, keepDims): the lowest index of the largest element. */
const argMax: Operator = {
  name: "argMax",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const axis = axisOf(attributes, x.shape);
    expect(x.shape[axis] !== 0, "an empty axis has no largest element");
    const shape = flagOf(attributes, "keepDims")
      ? x.shape.map((size, a) => (a === axis ? 1 : size))
      : x.shape.filter((_, a) => a !== axis);
    return [{ dtype: "int", shape }];
  },
  evaluate(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const type = argMax.infer(inputs, attributes)[0]!;
    const data = new Float64Array(sizeOf(type.shape));
    alongAxis(x.shape, axisOf(attributes, x.shape), (start, stride, size, line) => {
      let best = 0;
      for (let i = 1; i < size; i++)
        if (x.data[start + i * stride]! > x.data[start + best * stride]!) best = i;
      data[line] = best;
    });
    return [{ ...type, data }];
  },
};

/** topK(x; k, axis): the k largest in falling order and their indices; of equals, the lowest index first. */
const topK: Operator = {
  name: "topK",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const axis = axisOf(attributes, x.shape);
    const k = intOf(attributes, "k");
    expect(k >= 0 && k <= (x.shape[axis] ?? 1), `an axis of ${x.shape[axis]} has no ${k} largest elements`);
    const shape = x.shape.map((size, a) => (a === axis ? k : size));
    return [
      { dtype: x.dtype, shape },
      { dtype: "int", shape },
    ];
  },
  evaluate(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const [valueType, indexType] = topK.infer(inputs, attributes) as [TensorType, TensorType];
    const axis = axisOf(attributes, x.shape);
    const k = intOf(attributes, "k");
    const values = new Float64Array(sizeOf(valueType.shape));
    const indices = new Float64Array(values.length);
    const { inner } = aroundAxis(x.shape, axis);
    alongAxis(x.shape, axis, (start, stride, size, line) => {
      const line0 = Math.floor(line / inner) * k * inner + (line % inner);
      Array.from({ length: size }, (_, i) => i)
        .sort((a, b) => x.data[start + b * stride]! - x.data[start + a * stride]! || a - b)
        .slice(0, k)
        .forEach((index, rank) => {
          values[line0 + rank * inner] = x.data[start + index * stride]!;
          indices[line0 + rank * inner] = index;
        });
    });
    return [
      { ...valueType, data: values },
      { ...indexType, data: indices },
    ];
  },
};

/** cumSum(x; axis): running sums, the first element included. */
const cumSum: Operator = {
  name: "cumSum",
  infer: (inputs, attributes) => {
    const x = inputOf(inputs, 0);
    axisOf(attributes, x.shape);
    return [{ dtype: countType(x.dtype), shape: x.shape }];
  },
  evaluate(inputs, attributes): Tensor[] {
    const x = inputOf(inputs, 0);
    const data = x.data.slice();
    alongAxis(x.shape, axisOf(attributes, x.shape), (start, stride, size) => {
      for (let i = 1; i < size; i++) data[start + i * stride]! += data[start + (i - 1) * stride]!;
    });
    return [{ ...cumSum.infer(inputs, attributes)[0]!, data }];
  },
};

function countType(input: DType): DType {
  return input === "bool" ? "int" : input;
}

/** On bools, `max` is "any" and `min` is "all". */
export const reductionOperators: readonly Operator[] = [
  reduction("sum", 0, (a, x) => a + x, undefined, countType),
  reduction(
    "mean",
    0,
    (a, x) => a + x,
    (a, count) => a / count,
    () => "float",
  ),
  reduction("max", -Infinity, Math.max),
  reduction("min", Infinity, Math.min),
  reduction("prod", 1, (a, x) => a * x, undefined, countType),
  argMax,
  topK,
  cumSum,
];
