import { broadcastShapes, broadcastStrides, formatShape, sizeOf, walk } from "../graph/tensor.js";
import type { LinearMap } from "../lowering/types.js";
import { constantOf, expect, inputOf, narrowed, operandOf, vectorOr0 } from "./attributes.js";
import { OperatorError, type Operator } from "./operator.js";

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
    const type = linear.infer(inputs, {})[0]!;
    const x = inputOf(inputs, 0);
    const weight = inputOf(inputs, 1);
    const bias = inputs[2]?.data;
    const [out, features] = weight.shape as [number, number];
    const data = new Float64Array(sizeOf(type.shape));
    for (let row = 0, position = 0; position < data.length; row++) {
      for (let o = 0; o < out; o++) {
        let sum = bias === undefined ? 0 : bias[o]!;
        for (let i = row * features, w = o * features, end = w + features; w < end;) {
          sum += x.data[i++]! * weight.data[w++]!;
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
    const index = Int32Array.from({ length: positions * taps }, (_, i) => i);
    const bias = vectorOr0(inputs, 2, channels);
    const map: LinearMap = { channels, positions, taps, groups: 1, weights: weight.data, index, bias };
    const shape = site.types[0].shape;
    if (positions === 1) return [lowering.linear(site, x, map, shape)];
    const accumulators = lowering.linear(site, x, map, [channels, positions]);
    const order = Int32Array.from({ length: channels * positions }, (_, i) => {
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
    const type = matmul.infer(inputs, {})[0]!;
    const a = inputOf(inputs, 0);
    const b = inputOf(inputs, 1);
    const [m, k] = a.shape.slice(-2) as [number, number];
    const n = b.shape.at(-1)!;
    const batch = type.shape.slice(0, -2);
    const aStarts = starts(a.shape.slice(0, -2), batch);
    const bStarts = starts(b.shape.slice(0, -2), batch);
    const data = new Float64Array(sizeOf(type.shape));
    aStarts.forEach((aIndex, i) => {
      multiply(a.data, aIndex * m * k, b.data, bStarts[i]! * k * n, data, i * m * n, [m, k, n]);
    });
    return [{ ...type, data }];
  },
  scales: "one",
  lower(input) {
    const { lowering, site } = input;
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
      const factor = a[aStart + row * k + i]!;
      const source = bStart + i * n;
      for (let column = 0; column < n; column++) out[target + column]! += factor * b[source + column]!;
    }
  }
}

export const linearOperators: readonly Operator[] = [linear, matmul];
