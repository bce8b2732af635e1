import { formatShape, sizeOf } from "../tensor/tensor.js";
import type { Attributes, LoweringInput, Operator } from "./operator.js";
import type { TensorType } from "../tensor/types.js";
import type { Operand } from "../lowering/operand.js";
import { constantOf, expect, inputOf, intOf, intsOf, operandOf, vectorOr0 } from "./attributes.js";
import { windowOf, windowPositions, windowTable, windowTableOf } from "./window.js";
import { int32sOf } from "../program/int32.js";

/**
 * conv(x [N, C, spatial…], weight [O, C/groups, kernel…], bias? [O]) -> [N, O, positions…].
 * Attributes: stride, dilation (one a spatial axis), padding (begins, then ends), groups.
 */
const conv: Operator = {
  name: "conv",
  infer(inputs, attributes) {
    const { spatial, window, groups, batch, out } = convGeometry(inputs, attributes);
    const [channels, perGroup] = [inputOf(inputs, 0).shape[1], inputOf(inputs, 1).shape[1]];
    expect(
      perGroup * groups === channels,
      `${channels} channels in ${groups} groups do not fit ${perGroup} a group`,
    );
    expect(out % groups === 0, `${out} output channels do not divide into ${groups} groups`);
    expectBias(inputs[2], out);
    return [{ dtype: "float", shape: [batch, out, ...windowPositions(spatial, window)] }];
  },
  evaluate(inputs, attributes) {
    const type = conv.infer(inputs, attributes)[0];
    const { spatial, window, groups, batch, out } = convGeometry(inputs, attributes);
    const [x, weight] = [inputOf(inputs, 0), inputOf(inputs, 1)];
    const bias = inputs[2]?.data;
    const positions = type.shape.slice(2);
    const table = windowTableOf(attributes, spatial, window, positions);
    const perGroup = weight.shape[1];
    const cells = sizeOf(window.kernel);
    const [inSize, outSize] = [sizeOf(spatial), sizeOf(positions)];
    const data = new Float64Array(sizeOf(type.shape));
    const row = perGroup * cells;
    const patch = new Float64Array(row);
    for (let n = 0; n < batch; n++) {
      for (let g = 0; g < groups; g++) {
        const source = (n * groups + g) * perGroup * inSize;
        for (let position = 0; position < outSize; position++) {
          for (let c = 0, i = 0; c < perGroup; c++) {
            for (let k = position * cells; k < (position + 1) * cells; k++, i++) {
              const offset = table[k];
              patch[i] = offset < 0 ? 0 : x.data[source + c * inSize + offset];
            }
          }
          for (let o = (g * out) / groups; o < ((g + 1) * out) / groups; o++) {
            let sum = bias === undefined ? 0 : bias[o];
            for (let i = 0, w = o * row; i < row; i++, w++) sum += patch[i] * weight.data[w];
            data[(n * out + o) * outSize + position] = sum;
          }
        }
      }
    }
    return [{ ...type, data }];
  },
  scales: "any",
  lower(input) {
    const [x, weight] = [operandOf(input.inputs, 0).shape, constantOf(input.inputs, 1)];
    return [overCells(input, windowCells(x, weight.shape, input.attributes), weight.data)];
  },
};

/**
 * convTranspose(x [N, C, spatial…], weight [C, O/groups, kernel…], bias? [O]): the adjoint of conv.
 * Attributes: those of conv, and outputPadding (one a spatial axis, added at the end).
 */
const convTranspose: Operator = {
  name: "convTranspose",
  infer(inputs, attributes) {
    const { spatial, window, groups, batch } = convGeometry(inputs, attributes);
    const [x, weight] = [inputOf(inputs, 0), inputOf(inputs, 1)];
    expect(
      weight.shape[0] === x.shape[1],
      `the weight is for ${weight.shape[0]} channels, not ${x.shape[1]}`,
    );
    expect(x.shape[1] % groups === 0, `${x.shape[1]} channels do not divide into ${groups} groups`);
    const out = weight.shape[1] * groups;
    expectBias(inputs[2], out);
    const axes = spatial.length;
    const extra = intsOf(attributes, "outputPadding", axes);
    const size = spatial.map(
      (s, a) =>
        (s - 1) * window.stride[a] +
        window.dilation[a] * (window.kernel[a] - 1) +
        1 +
        extra[a] -
        window.padding[a] -
        window.padding[axes + a],
    );
    expect(
      size.every((s) => s > 0),
      "the padding leaves no output",
    );
    return [{ dtype: "float", shape: [batch, out, ...size] }];
  },
  evaluate(inputs, attributes) {
    const type = convTranspose.infer(inputs, attributes)[0];
    const { spatial, window, groups, batch } = convGeometry(inputs, attributes);
    const [x, weight] = [inputOf(inputs, 0), inputOf(inputs, 1)];
    const channels = x.shape[1];
    const out = type.shape[1];
    const outSpatial = type.shape.slice(2);
    const [inSize, outSize, cells] = [sizeOf(spatial), sizeOf(outSpatial), sizeOf(window.kernel)];
    // The window walks over the output, one position for each input element.
    const table = windowTableOf(attributes, outSpatial, window, spatial);
    const data = new Float64Array(sizeOf(type.shape));
    const bias = inputs[2]?.data;
    if (bias !== undefined)
      for (let i = 0; i < data.length; i++) data[i] = bias[Math.floor(i / outSize) % out]!;
    const perGroup = out / groups;
    for (let plane = 0; plane < batch * channels; plane++) {
      const c = plane % channels;
      const firstOut = Math.floor(plane / channels) * out + Math.floor((c * groups) / channels) * perGroup;
      for (let position = 0; position < inSize; position++) {
        const value = x.data[plane * inSize + position];
        for (let o = 0; o < perGroup; o++) {
          const target = (firstOut + o) * outSize;
          const kernel = (c * perGroup + o) * cells;
          for (let k = 0; k < cells; k++) {
            const offset = table[position * cells + k];
            if (offset >= 0) data[target + offset] += value * weight.data[kernel + k];
          }
        }
      }
    }
    return [{ ...type, data }];
  },
  scales: "any",
  lower(input) {
    const [x, weight] = [operandOf(input.inputs, 0).shape, constantOf(input.inputs, 1)];
    const { shape } = input.site.types[0];
    const groups = intOf(input.attributes, "groups");
    const [perGroupIn, perGroupOut] = [x[1] / groups, weight.shape[1]];
    const kernel = sizeOf(weight.shape.slice(2));
    const taps = perGroupIn * kernel;
    // [C, O / groups, kernel] as conv has it: [O, C / groups, kernel].
    const weights = Float64Array.from({ length: shape[1] * taps }, (_, i) => {
      const [c, k] = [Math.floor(i / taps), i % taps];
      const from = Math.floor(c / perGroupOut) * perGroupIn + Math.floor(k / kernel);
      return weight.data[(from * perGroupOut + (c % perGroupOut)) * kernel + (k % kernel)];
    });
    const cells = transposedCells(x, weight.shape, input.attributes, sizeOf(shape.slice(2)));
    return [overCells(input, cells, weights)];
  },
};

/**
 * A linear map with the same weights [O, C / groups, kernel] at every place of every sample: `cells` has the input cell
 * under each kernel element at each output place, -1 in the padding.
 */
function overCells(
  { lowering, site, inputs, attributes }: LoweringInput,
  cells: Int32Array,
  weights: Float64Array,
): Operand {
  const x = operandOf(inputs, 0);
  const { shape } = site.types[0];
  const [samples, channels] = shape as [number, number];
  const [planes, area] = [x.shape[1], sizeOf(x.shape.slice(2))];
  const groups = intOf(attributes, "groups");
  const places = sizeOf(shape.slice(2));
  const kernel = cells.length / places;
  const perGroup = planes / groups;
  const taps = perGroup * kernel;
  // The samples of a batch are further positions of the same kernel.
  const positions = samples * places;
  const index = int32sOf(groups * positions * taps, (i) => {
    const k = i % taps;
    const position = Math.floor(i / taps) % positions;
    const cell = cells[(position % places) * kernel + (k % kernel)];
    const first = Math.floor(position / places) * planes + Math.floor(i / (taps * positions)) * perGroup;
    return cell < 0 ? -1 : (first + Math.floor(k / kernel)) * area + cell;
  });
  const bias = vectorOr0(inputs, 2, channels);
  const map = { channels, positions, taps, groups, weights, index, bias };
  if (samples === 1) return lowering.linear(site, x, map, shape);
  const accumulators = lowering.linear({ ...site, pooling: undefined }, x, map, [channels, positions]);
  const order = int32sOf(channels * positions, (i) => {
    const [sample, place] = [Math.floor(i / (channels * places)), i % places];
    return (Math.floor(i / places) % channels) * positions + sample * places + place;
  });
  return lowering.view(site, [accumulators], order, shape);
}

/** For every output place and kernel element of a convolution, the input place under it; -1 in the padding. */
export function windowCells(
  x: readonly number[],
  weight: readonly number[],
  attributes: Attributes,
): Int32Array {
  const spatial = x.slice(2);
  const window = windowOf(attributes, weight.slice(2), spatial.length);
  return windowTable(spatial, window, windowPositions(spatial, window));
}

/** Those of a transposed one: the input place that it brings there; found by the float rule itself. */
export function transposedCells(
  x: readonly number[],
  weight: readonly number[],
  attributes: Attributes,
  positions: number,
): Int32Array {
  const kernel = sizeOf(weight.slice(2));
  const area = sizeOf(x.slice(2));
  const cells = new Int32Array(positions * kernel).fill(-1);
  // One kernel element at a time, over places numbered from 1: each output place gets at most one of them.
  const numbered = { dtype: "float", shape: [1, 1, ...x.slice(2)] } as const;
  const data = Float64Array.from({ length: area }, (_, i) => i + 1);
  for (let k = 0; k < kernel; k++) {
    const single = new Float64Array(kernel);
    single[k] = 1;
    const [moved] = convTranspose.evaluate(
      [
        { ...numbered, data },
        { dtype: "float", shape: [1, 1, ...weight.slice(2)], data: single },
      ],
      { ...attributes, groups: 1 },
    );
    moved.data.forEach((place, p) => (cells[p * kernel + k] = place - 1));
  }
  return cells;
}

function convGeometry(inputs: readonly TensorType[], attributes: Attributes) {
  const [x, weight] = [inputOf(inputs, 0).shape, inputOf(inputs, 1).shape];
  expect(x.length >= 3, `the input must be [batch, channels, spatial…], not ${formatShape(x)}`);
  expect(weight.length === x.length, `the weight ${formatShape(weight)} must have ${x.length} axes`);
  const spatial = x.slice(2);
  const window = windowOf(attributes, weight.slice(2), spatial.length);
  const groups = intOf(attributes, "groups");
  expect(groups > 0, "groups must be positive");
  return { spatial, window, groups, batch: x[0], out: weight[0] };
}

function expectBias(bias: TensorType | undefined, out: number): void {
  expect(
    bias === undefined || (bias.shape.length === 1 && bias.shape[0] === out),
    `the bias must have ${out} elements`,
  );
}

export const convolutionOperators: readonly Operator[] = [conv, convTranspose];
