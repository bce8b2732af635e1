import { broadcastStrides, formatShape, normalizeAxis, sizeOf, walk } from "../tensor/tensor.js";
import { type Attributes, type LoweringInput, type Meaning, type Operator } from "./operator.js";
import type { DType, TensorType } from "../tensor/types.js";
import type { Operand } from "../lowering/operand.js";
import { flagOf, inputOf, intsOf, operandOf } from "./attributes.js";
import { countType } from "./axes.js";
import { OperatorError } from "../errors/operatorError.js";

/** A reduction over `axes`; `keepDims` leaves them with size 1. */
function reduction(
  name: string,
  initial: number,
  combine: (accumulated: number, x: number) => number,
  finish: (accumulated: number, count: number) => number = (accumulated) => accumulated,
  dtype: (input: DType) => DType = (input) => input,
): Meaning {
  const infer: Meaning["infer"] = (inputs, attributes) => {
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
      // Of truth values none is less than 0 or greater than 1.
      const first = x.dtype === "bool" ? Math.min(Math.max(initial, 0), 1) : initial;
      const data = new Float64Array(sizeOf(kept)).fill(first);
      walk(x.shape, broadcastStrides(kept, x.shape), 0, (position, offset) => {
        data[offset] = combine(data[offset], x.data[position]);
      });
      const count = sizeOf(x.shape) / data.length;
      return [{ ...infer(inputs, attributes)[0], data: data.map((value) => finish(value, count)) }];
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

/** For each output of a reduction over axes, the elements that it is of, all of the same number. */
function groupsOf({ site, attributes, inputs }: LoweringInput): Int32Array {
  const { shape } = operandOf(inputs, 0);
  const size = sizeOf(shape);
  const count = sizeOf(site.types[0].shape);
  const taps = size / count;
  const axes = new Set(
    (attributes.axes as readonly number[]).map((axis) => (axis + shape.length) % shape.length),
  );
  const kept = shape.map((n, axis) => (axes.has(axis) ? 1 : n));
  const next = new Int32Array(count);
  const index = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    let output = 0;
    let rest = i;
    let stride = size;
    for (let axis = 0; axis < shape.length; axis++) {
      stride /= shape[axis];
      const coordinate = Math.floor(rest / stride);
      rest %= stride;
      output = output * kept[axis] + (axes.has(axis) ? 0 : coordinate);
    }
    index[output * taps + next[output]++] = i;
  }
  return index;
}

/** Sums are exact: weights of 1, and a mean's divisor goes into the scale. */
function sumOver(input: LoweringInput, mean: boolean): Operand[] {
  const { lowering, site, inputs } = input;
  const x = lowering.affordable(site, operandOf(inputs, 0), site.inputRanges[0]);
  const index = groupsOf(input);
  const shape = site.types[0].shape;
  const taps = index.length / sizeOf(shape);
  const sum = lowering.sum(site, x, taps, index, shape);
  const divisor = mean ? taps : 1;
  return [{ ...sum, scale: sum.scale.map((s) => s / divisor), offset: sum.offset.map((o) => o / divisor) }];
}

function greatest(input: LoweringInput, sign: 1 | -1): Operand[] {
  const { lowering, site, inputs } = input;
  const x = operandOf(inputs, 0);
  const index = groupsOf(input);
  const shape = site.types[0].shape;
  const turned = sign < 0 ? lowering.negate(x) : x;
  const most = lowering.max(site, turned, index.length / sizeOf(shape), index, shape);
  return [sign < 0 ? lowering.negate(most) : most];
}

const overAxes = (meaning: Meaning, lower: Operator["lower"]): Operator => ({
  ...meaning,
  scales: "one",
  lower,
});

const mean = reduction(
  "mean",
  0,
  (a, x) => a + x,
  (a, count) => a / count,
  () => "float",
);

/** On bools, `max` is "any" and `min` is "all". */
export const reductionOperators: readonly Operator[] = [
  overAxes(
    reduction("sum", 0, (a, x) => a + x, undefined, countType),
    (input) => sumOver(input, false),
  ),
  overAxes(mean, (input) => sumOver(input, true)),
  overAxes(reduction("max", -Infinity, Math.max), (input) => greatest(input, 1)),
  overAxes(reduction("min", Infinity, Math.min), (input) => greatest(input, -1)),
];
