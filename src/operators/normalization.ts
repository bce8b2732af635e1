import { formatShape, sameShape, sizeOf } from "../graph/tensor.js";
import type { Attributes, Shape, Tensor, TensorType } from "../graph/types.js";
import { expect, inputOf, intOf, numberOf } from "./attributes.js";
import type { Operator } from "./operator.js";
import { alongAxis, axisOf } from "./reduction.js";

/** softmax and its logarithm along `axis`. */
function softmaxLike(name: string, finish: (shifted: number, sum: number) => number): Operator {
  return {
    name,
    infer(inputs, attributes) {
      const x = inputOf(inputs, 0);
      axisOf(attributes, x.shape);
      return [{ dtype: "float", shape: x.shape }];
    },
    evaluate(inputs, attributes) {
      const x = inputOf(inputs, 0);
      const data = new Float64Array(x.data.length);
      alongAxis(x.shape, axisOf(attributes, x.shape), (start, stride, size) => {
        let max = -Infinity;
        for (let i = 0; i < size; i++) max = Math.max(max, x.data[start + i * stride]!);
        let sum = 0;
        for (let i = 0; i < size; i++) sum += Math.exp(x.data[start + i * stride]! - max);
        for (let i = 0; i < size; i++) {
          data[start + i * stride] = finish(x.data[start + i * stride]! - max, sum);
        }
      });
      return [{ dtype: "float", shape: x.shape, data }];
    },
  };
}

/**
 * Normalisation of the last `dims` axes as one group: layerNorm(x, weight?, bias?) subtracts the mean and divides
 * by sqrt(variance + epsilon); rmsNorm(x, weight?) divides by sqrt(mean square + epsilon). Weight and bias have the
 * shape of those axes.
 */
function groupwise(name: string, centred: boolean): Operator {
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
          centred,
          numberOf(attributes, "epsilon"),
          inputs[1]?.data,
          inputs[2]?.data,
        );
      }
      return [{ dtype: "float", shape: x.shape, data }];
    },
  };
}

function groupShape(x: TensorType, attributes: Attributes): Shape {
  const dims = intOf(attributes, "dims");
  expect(dims > 0 && dims <= x.shape.length, `${formatShape(x.shape)} has not ${dims} axes to normalise`);
  return x.shape.slice(-dims);
}

function normalize(
  x: Tensor,
  data: Float64Array,
  start: number,
  size: number,
  centred: boolean,
  epsilon: number,
  weight?: Float64Array,
  bias?: Float64Array,
): void {
  let mean = 0;
  if (centred) {
    for (let i = 0; i < size; i++) mean += x.data[start + i]!;
    mean /= size;
  }
  let square = 0;
  for (let i = 0; i < size; i++) square += (x.data[start + i]! - mean) ** 2;
  const scale = 1 / Math.sqrt(square / size + epsilon);
  for (let i = 0; i < size; i++) {
    data[start + i] = (x.data[start + i]! - mean) * scale * (weight?.[i] ?? 1) + (bias?.[i] ?? 0);
  }
}

export const normalizationOperators: readonly Operator[] = [
  softmaxLike("softmax", (shifted, sum) => Math.exp(shifted) / sum),
  softmaxLike("logSoftmax", (shifted, sum) => shifted - Math.log(sum)),
  groupwise("layerNorm", true),
  groupwise("rmsNorm", false),
];
