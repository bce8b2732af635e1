import { formatShape, sizeOf } from "../graph/tensor.js";
import type { Attributes, TensorType } from "../graph/types.js";
import { expect, inputOf, intOf, intsOf } from "./attributes.js";
import type { Operator } from "./operator.js";
import { windowOf, windowPositions, windowTable } from "./window.js";

/**
 * conv(x [N, C, spatial…], weight [O, C/groups, kernel…], bias? [O]) -> [N, O, positions…].
 * Attributes: stride, dilation (one a spatial axis), padding (begins, then ends), groups.
 */
const conv: Operator = {
  name: "conv",
  infer(inputs, attributes) {
    const { spatial, window, groups, batch, out } = convGeometry(inputs, attributes);
    const [channels, perGroup] = [inputOf(inputs, 0).shape[1]!, inputOf(inputs, 1).shape[1]!];
    expect(
      perGroup * groups === channels,
      `${channels} channels in ${groups} groups do not fit ${perGroup} a group`,
    );
    expect(out % groups === 0, `${out} output channels do not divide into ${groups} groups`);
    expectBias(inputs[2], out);
    return [{ dtype: "float", shape: [batch, out, ...windowPositions(spatial, window)] }];
  },
  evaluate(inputs, attributes) {
    const type = conv.infer(inputs, attributes)[0]!;
    const { spatial, window, groups, batch, out } = convGeometry(inputs, attributes);
    const [x, weight] = [inputOf(inputs, 0), inputOf(inputs, 1)];
    const bias = inputs[2]?.data;
    const positions = type.shape.slice(2);
    const table = windowTable(spatial, window, positions);
    const perGroup = weight.shape[1]!;
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
              const offset = table[k]!;
              patch[i] = offset < 0 ? 0 : x.data[source + c * inSize + offset]!;
            }
          }
          for (let o = (g * out) / groups; o < ((g + 1) * out) / groups; o++) {
            let sum = bias === undefined ? 0 : bias[o]!;
            for (let i = 0, w = o * row; i < row; i++, w++) sum += patch[i]! * weight.data[w]!;
            data[(n * out + o) * outSize + position] = sum;
          }
        }
      }
    }
    return [{ ...type, data }];
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
    expect(x.shape[1]! % groups === 0, `${x.shape[1]} channels do not divide into ${groups} groups`);
    const out = weight.shape[1]! * groups;
    expectBias(inputs[2], out);
    const axes = spatial.length;
    const extra = intsOf(attributes, "outputPadding", axes);
    const size = spatial.map(
      (s, a) =>
        (s - 1) * window.stride[a]! +
        window.dilation[a]! * (window.kernel[a]! - 1) +
        1 +
        extra[a]! -
        window.padding[a]! -
        window.padding[axes + a]!,
    );
    expect(
      size.every((s) => s > 0),
      "the padding leaves no output",
    );
    return [{ dtype: "float", shape: [batch, out, ...size] }];
  },
  evaluate(inputs, attributes) {
    const type = convTranspose.infer(inputs, attributes)[0]!;
    const { spatial, window, groups, batch } = convGeometry(inputs, attributes);
    const [x, weight] = [inputOf(inputs, 0), inputOf(inputs, 1)];
    const channels = x.shape[1]!;
    const out = type.shape[1]!;
    const outSpatial = type.shape.slice(2);
    const [inSize, outSize, cells] = [sizeOf(spatial), sizeOf(outSpatial), sizeOf(window.kernel)];
    // The window walks over the output, one position for each input element.
    const table = windowTable(outSpatial, window, spatial);
    const data = new Float64Array(sizeOf(type.shape));
    const bias = inputs[2]?.data;
    if (bias !== undefined)
      for (let i = 0; i < data.length; i++) data[i] = bias[Math.floor(i / outSize) % out]!;
    const perGroup = out / groups;
    for (let plane = 0; plane < batch * channels; plane++) {
      const c = plane % channels;
      const firstOut = Math.floor(plane / channels) * out + Math.floor((c * groups) / channels) * perGroup;
      for (let position = 0; position < inSize; position++) {
        const value = x.data[plane * inSize + position]!;
        for (let o = 0; o < perGroup; o++) {
          const target = (firstOut + o) * outSize;
          const kernel = (c * perGroup + o) * cells;
          for (let k = 0; k < cells; k++) {
            const offset = table[position * cells + k]!;
            if (offset >= 0) data[target + offset]! += value * weight.data[kernel + k]!;
          }
        }
      }
    }
    return [{ ...type, data }];
  },
};

function convGeometry(inputs: readonly TensorType[], attributes: Attributes) {
  const [x, weight] = [inputOf(inputs, 0).shape, inputOf(inputs, 1).shape];
  expect(x.length >= 3, `the input must be [batch, channels, spatial…], not ${formatShape(x)}`);
  expect(weight.length === x.length, `the weight ${formatShape(weight)} must have ${x.length} axes`);
  const spatial = x.slice(2);
  const window = windowOf(attributes, weight.slice(2), spatial.length);
  const groups = intOf(attributes, "groups");
  expect(groups > 0, "groups must be positive");
  return { spatial, window, groups, batch: x[0]!, out: weight[0]! };
}

function expectBias(bias: TensorType | undefined, out: number): void {
  expect(
    bias === undefined || (bias.shape.length === 1 && bias.shape[0] === out),
    `the bias must have ${out} elements`,
  );
}

export const convolutionOperators: readonly Operator[] = [conv, convTranspose];
