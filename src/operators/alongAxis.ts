import { sizeOf } from "../tensor/tensor.js";
import type { Tensor, TensorType } from "../tensor/types.js";
import { expect, flagOf, inputOf, intOf, operandOf } from "./attributes.js";
import { alongAxis, aroundAxis, axisOf, countType, linesAlong } from "./axes.js";
import type { Operator } from "./operator.js";

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
    const type = argMax.infer(inputs, attributes)[0];
    const data = new Float64Array(sizeOf(type.shape));
    alongAxis(x.shape, axisOf(attributes, x.shape), (start, stride, size, line) => {
      let best = 0;
      for (let i = 1; i < size; i++) if (x.data[start + i * stride] > x.data[start + best * stride]) best = i;
      data[line] = best;
    });
    return [{ ...type, data }];
  },
  scales: "one",
  lower({ lowering, site, inputs, attributes }) {
    const x = operandOf(inputs, 0);
    const lines = linesAlong(x.shape, axisOf(attributes, x.shape));
    const { shape } = site.types[0];
    const classes = lines.length / sizeOf(shape);
    if (classes === 1) return [lowering.zeros(site, x, shape)];
    const rows = lowering.view(site, [x], lines, x.shape);
    return [lowering.argmax(site, rows, classes, shape)];
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
        .sort((a, b) => x.data[start + b * stride] - x.data[start + a * stride] || a - b)
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
  scales: "one",
  lower({ lowering, site, inputs, attributes }) {
    const x = operandOf(inputs, 0);
    const axis = axisOf(attributes, x.shape);
    const lines = linesAlong(x.shape, axis);
    const row = x.shape[axis] ?? 1;
    const k = intOf(attributes, "k");
    expect(k > 0, "none of the largest leaves nothing to prove");
    const rows = lowering.view(site, [x], lines, [lines.length / row, row]);
    const { shape } = site.types[0];
    const results = row === 1 ? [rows, lowering.zeros(site, rows, rows.shape)] : lowering.topK(site, rows, k);
    const back = new Int32Array(sizeOf(shape));
    linesAlong(shape, axis).forEach((element, i) => (back[element] = i));
    return results.map((result) => lowering.view(site, [result], back, shape));
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
      for (let i = 1; i < size; i++) data[start + i * stride] += data[start + (i - 1) * stride];
    });
    return [{ ...cumSum.infer(inputs, attributes)[0], data }];
  },
  scales: "one",
  lower({ lowering, site, inputs, attributes }) {
    const x = lowering.affordable(site, operandOf(inputs, 0), site.inputRanges[0]);
    const axis = axisOf(attributes, x.shape);
    const taps = x.shape[axis] ?? 1;
    const index = new Int32Array(sizeOf(x.shape) * taps).fill(-1);
    alongAxis(x.shape, axis, (start, stride, size) => {
      for (let i = 0; i < size; i++)
        for (let j = 0; j <= i; j++) index[(start + i * stride) * taps + j] = start + j * stride;
    });
    return [lowering.sum(site, x, taps, index, x.shape)];
  },
};

export const axisOperators: readonly Operator[] = [argMax, topK, cumSum];
