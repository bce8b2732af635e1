import { broadcastShapes, broadcastStrides, formatShape, sizeOf, walk } from "../tensor/tensor.js";
import { isConstant, type Operand } from "../lowering/operand.js";
import type { LinearMap } from "../lowering/types.js";
import { constantOf, expect, inputOf, narrowed, operandOf, vectorOr0 } from "./attributes.js";
import { broadcastData } from "./binary.js";
import { type LoweringInput, type Operator } from "./operator.js";
import { OperatorError } from "../errors/operatorError.js";
import { int32sOf } from "../program/int32.js";

/** linear(x [..., in], weight [out, in], bias? [out]) = x · weightᵀ + bias, of shape [..., out]. */
const linear: Operator = {
  name: "linear",
  infer(inputs) {
    const x = inputOf(inputs, 0);
    const weight = inputOf(inputs, 1);
    const bias = inputs[2];
    expect(weight.shape.length === 2, `the weight must be [out, in], not ${formatShape(weight.shape)}`);
    const [out, features] = weight.shape as [number, number];
    expect(
      x.shape.length > 0 && x.shape.at(-1) === features,
      `the input ${formatShape(x.shape)} must end in the weight's ${features} features`,
    );
    expect(
      bias === undefined || (bias.shape.length === 1 && bias.shape[0] === out),
      `the bias must have ${out} elements`,
    );
    return [{ dtype: "float", shape: [...x.shape.slice(0, -1), out] }];
  },
  evaluate(inputs) {
    const type = linear.infer(inputs, {})[0];
    const x = inputOf(inputs, 0);
    const weight = inputOf(inputs, 1);
    const bias = inputs[2]?.data;
    const [out, features] = weight.shape as [number, number];
    const data = new Float64Array(sizeOf(type.shape));
    for (let row = 0, position = 0; position < data.length; row++) {
      for (let o = 0; o < out; o++) {
        let sum = bias === undefined ? 0 : bias[o];
        for (let i = row * features, w = o * features, end = w + features; w < end;) {
          sum += x.data[i++] * weight.data[w++];
        }
        data[position++] = sum;
      }
    }
    return [{ ...type, data }];
  },
  // Rows beyond the first read the same weights, so their elements must share scales.
  scales: "any",
  lower({ lowering, site, inputs }) {
    const x = operandOf(inputs, 0);
    const weight = constantOf(inputs, 1);
    const [channels, taps] = weight.shape as [number, number];
    const positions = sizeOf(x.shape) / taps;
    const index = int32sOf(positions * taps, (i) => i);
    const bias = vectorOr0(inputs, 2, channels);
    const map: LinearMap = { channels, positions, taps, groups: 1, weights: weight.data, index, bias };
    const shape = site.types[0].shape;
    if (positions === 1) return [lowering.linear(site, x, map, shape)];
    const accumulators = lowering.linear(site, x, map, [channels, positions]);
    const order = int32sOf(channels * positions, (i) => {
      return (i % channels) * positions + Math.floor(i / channels);
    });
    return [lowering.view(site, [accumulators], order, shape)];
  },
};

/** matmul(a [..., m, k], b [..., k, n]) with broadcasting of the leading axes; at least two axes each. */
const matmul: Operator = {
  name: "matmul",
  infer(inputs) {
    const a = inputOf(inputs, 0).shape;
    const b = inputOf(inputs, 1).shape;
    const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
    if (a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2) || batch === undefined) {
      throw new OperatorError(`shapes ${formatShape(a)} and ${formatShape(b)} cannot be multiplied`);
    }
    return [{ dtype: "float", shape: [...batch, a.at(-2)!, b.at(-1)!] }];
  },
  evaluate(inputs) {
    const type = matmul.infer(inputs, {})[0];
    const a = inputOf(inputs, 0);
    const b = inputOf(inputs, 1);
    const [m, k] = a.shape.slice(-2) as [number, number];
    const n = b.shape.at(-1)!;
    const batch = type.shape.slice(0, -2);
    const aStarts = starts(a.shape.slice(0, -2), batch);
    const bStarts = starts(b.shape.slice(0, -2), batch);
    const data = new Float64Array(sizeOf(type.shape));
    aStarts.forEach((aIndex, i) => {
      multiply(a.data, aIndex * m * k, b.data, bStarts[i] * k * n, data, i * m * n, [m, k, n]);
    });
    return [{ ...type, data }];
  },
  scales: "one",
  lower(input) {
    const { lowering, site, inputs } = input;
    if (inputs.some(isConstant)) return [byConstant(input)];
    const [a, b] = [0, 1].map((i) => lowering.settle(site.name, narrowed(input, i)));
    const shape = site.types[0].shape;
    const [rows, columns] = shape.slice(-2) as [number, number];
    const inner = a.shape.at(-1)!;
    const batch = sizeOf(shape.slice(0, -2));
    // Broadcasting of the leading axes is wiring.
    const wide = [a, b].map((x, i) => {
      const target = [...shape.slice(0, -2), ...x.shape.slice(-2)];
      return lowering.broadcast(i === 0 ? site : { ...site, name: `${site.name}.b` }, x, target);
    });
    return [lowering.matmul(site, wide[0], wide[1], { batch, rows, inner, columns }, shape)];
  },
};

/** A product with constant matrices, one a matrix of the batch: a linear map in as many groups. */
function byConstant(input: LoweringInput): Operand {
  const { lowering, site, inputs } = input;
  const shape = site.types[0].shape;
  const [m, n] = shape.slice(-2) as [number, number];
  const batch = shape.slice(0, -2);
  const groups = sizeOf(batch);
  const constantLeft = isConstant(inputs[0]);
  const x = narrowed(input, constantLeft ? 1 : 0);
  const wide = lowering.broadcast(site, x, [...batch, ...x.shape.slice(-2)]);
  const constant = constantOf(inputs, constantLeft ? 0 : 1);
  const k = constant.shape.at(constantLeft ? -1 : -2)!;
  const matrices = broadcastData(constant, [...batch, ...constant.shape.slice(-2)]);
  // The constant's rows or columns are the channels, the operand's columns or rows the positions.
  const [rows, positions] = constantLeft ? [m, n] : [n, m];
  const weights = constantLeft ? matrices : transposed(matrices, groups, k, n);
  const index = int32sOf(groups * positions * k, (i) => {
    const [group, p, tap] = [Math.floor(i / (positions * k)), Math.floor(i / k) % positions, i % k];
    return group * positions * k + (constantLeft ? tap * positions + p : p * k + tap);
  });
  const channels = groups * rows;
  const map = { channels, positions, taps: k, groups, weights, index, bias: new Float64Array(channels) };
  if (constantLeft) return lowering.linear(site, wide, map, shape);
  const columns = lowering.linear(site, wide, map, [groups, n, m]);
  const order = int32sOf(sizeOf(shape), (i) => {
    const [group, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
    return (group * n + column) * m + row;
  });
  return lowering.view(site, [columns], order, shape);
}

/** Each of `count` matrices [rows, columns] turned over. */
function transposed(matrices: Float64Array, count: number, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: count * rows * columns }, (_, i) => {
    const [matrix, column, row] = [
      Math.floor(i / (rows * columns)),
      Math.floor(i / rows) % columns,
      i % rows,
    ];
    return matrices[(matrix * rows + row) * columns + column];
  });
}

/** For each matrix of the broadcast batch, the number of the operand's own matrix. */
function starts(own: readonly number[], batch: readonly number[]): number[] {
  const result: number[] = [];
  walk(batch, broadcastStrides(own, batch), 0, (_, offset) => result.push(offset));
  return result;
}

function multiply(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  out: Float64Array,
  outStart: number,
  [m, k, n]: readonly [number, number, number],
): void {
  for (let row = 0; row < m; row++) {
    const target = outStart + row * n;
    for (let i = 0; i < k; i++) {
      const factor = a[aStart + row * k + i];
      const source = bStart + i * n;
      for (let column = 0; column < n; column++) out[target + column] += factor * b[source + column];
    }
  }
}

export const linearOperators: readonly Operator[] = [linear, matmul];
