import { formatShape, sameShape, sizeOf } from "../tensor/tensor.js";
import type { Attributes, Operator } from "./operator.js";
import type { Shape, Tensor, TensorType } from "../tensor/types.js";
import type { Value } from "../lowering/operand.js";
import { constantOf, expect, inputOf, intOf, narrowed, numberOf, textOf, vectorOr0 } from "./attributes.js";
import { square } from "../elementary/functions.js";

/**
 * Normalization of the last `dims` axes as one group: layerNorm(x, weight?, bias?) subtracts the mean and divides
 * by sqrt(variance + epsilon); rmsNorm(x, weight?) divides by sqrt(mean square + epsilon). Weight and bias have the
 * shape of those axes.
 */
function groupwise(name: string, centered: boolean): Operator {
  return {
    name,
    infer(inputs, attributes) {
      const x = inputOf(inputs, 0);
      const group = groupShape(x, attributes);
      numberOf(attributes, "epsilon");
      for (const parameter of inputs.slice(1)) {
        expect(
          sameShape(parameter.shape, group),
          `weight and bias must have the shape ${formatShape(group)}, not ${formatShape(parameter.shape)}`,
        );
      }
      return [{ dtype: "float", shape: x.shape }];
    },
    evaluate(inputs, attributes) {
      const x = inputOf(inputs, 0);
      const size = sizeOf(groupShape(x, attributes));
      const data = new Float64Array(x.data.length);
      for (let start = 0; start < data.length; start += size) {
        normalize(
          x,
          data,
          start,
          size,
          centered,
          numberOf(attributes, "epsilon"),
          inputs[1]?.data,
          inputs[2]?.data,
        );
      }
      return [{ dtype: "float", shape: x.shape, data }];
    },
    scales: "one",
    // weight and bias go into the symbolic scale and offset; a linear layer behind them folds them.
    lower(input) {
      const { lowering, site, inputs, attributes } = input;
      const given = narrowed(input, 0);
      // What all elements have in common is part of their mean.
      const common = centered && given.scale.length === 1 && given.offset.length === 1;
      const x = lowering.settle(site.name, common ? { ...given, offset: new Float64Array(1) } : given);
      const row = sizeOf(x.shape.slice(-intOf(attributes, "dims")));
      // A single element is its own mean: nothing is left of it but the bias.
      if (centered && row === 1) return [lowering.constant(site, x, biasOf(inputs, x.shape), x.shape)];
      const normal = lowering.normalize(site, x, row, centered, numberOf(attributes, "epsilon"));
      const weight = inputs[1] === undefined ? undefined : constantOf(inputs, 1).data;
      const bias = inputs[2] === undefined ? undefined : constantOf(inputs, 2).data;
      const each = (value: (i: number) => number) =>
        Float64Array.from({ length: sizeOf(x.shape) }, (_, i) => value(i % row));
      const scaled = lowering.rescaled(
        site,
        normal,
        each((i) => normal.scale[0] * (weight?.[i] ?? 1)),
        each((i) => bias?.[i] ?? 0),
      );
      return site.uniform ? lowering.align(site, [scaled]) : [scaled];
    },
  };
}

function biasOf(inputs: readonly Value[], shape: Shape): Float64Array {
  const bias = vectorOr0(inputs, 2, 1);
  return new Float64Array(sizeOf(shape)).fill(bias[0]);
}

function groupShape(x: TensorType, attributes: Attributes): Shape {
  const dims = intOf(attributes, "dims");
  expect(dims > 0 && dims <= x.shape.length, `${formatShape(x.shape)} has not ${dims} axes to normalize`);
  return x.shape.slice(-dims);
}

function normalize(
  x: Tensor,
  data: Float64Array,
  start: number,
  size: number,
  centered: boolean,
  epsilon: number,
  weight?: Float64Array,
  bias?: Float64Array,
): void {
  let mean = 0;
  if (centered) {
    for (let i = 0; i < size; i++) mean += x.data[start + i];
    mean /= size;
  }
  let squares = 0;
  for (let i = 0; i < size; i++) squares += square(x.data[start + i] - mean);
  const scale = 1 / Math.sqrt(squares / size + epsilon);
  for (let i = 0; i < size; i++) {
    data[start + i] = (x.data[start + i] - mean) * scale * (weight?.[i] ?? 1) + (bias?.[i] ?? 0);
  }
}

/**
 * l2Norm(x; guard, epsilon): each row of the last axis divided by its norm, which epsilon keeps from 0: added to it
 * ("beside"), or the least that it counts as ("least"). On integers the two, and a constant inside the root, differ by
 * less than a step, so epsilon must be small.
 */
const l2Norm: Operator = {
  name: "l2Norm",
  infer(inputs, attributes) {
    const x = inputOf(inputs, 0);
    expect(x.shape.length > 0, "a single number has no row to normalize");
    guardedNorm(attributes);
    return [{ dtype: "float", shape: x.shape }];
  },
  evaluate(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const guarded = guardedNorm(attributes);
    const size = x.shape.at(-1)!;
    const data = x.data.slice();
    for (let start = 0; start < data.length; start += size) {
      const row = data.subarray(start, start + size);
      const norm = guarded(Math.sqrt(row.reduce((sum, v) => sum + v * v, 0)));
      row.forEach((v, i) => (row[i] = v / norm));
    }
    return [{ dtype: "float", shape: x.shape, data }];
  },
  scales: "one",
  lower(input) {
    const { lowering, site, attributes } = input;
    const x = lowering.settle(site.name, narrowed(input, 0));
    const row = x.shape.at(-1)!;
    const epsilon = square(numberOf(attributes, "epsilon")) / row;
    const normal = lowering.normalize(site, x, row, false, epsilon);
    return [{ ...normal, scale: normal.scale.map((s) => s / Math.sqrt(row)) }];
  },
};

function guardedNorm(attributes: Attributes): (norm: number) => number {
  const epsilon = numberOf(attributes, "epsilon");
  const guard = textOf(attributes, "guard");
  if (guard === "beside") return (norm) => norm + epsilon;
  expect(guard === "least", `l2Norm knows the guards "beside" and "least", not "${guard}"`);
  return (norm) => Math.max(norm, epsilon);
}

export const normalizationOperators: readonly Operator[] = [
  groupwise("layerNorm", true),
  groupwise("rmsNorm", false),
  l2Norm,
];
