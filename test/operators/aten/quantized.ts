import type { Node } from "../../import/pt2/program.js";
import { ints, on, random, several, steep, type Arguments, type AtenCase } from "./case.js";

/** What quantizes x of [2, 6] to q, and what takes q back: with numbers, tensors, and one of them an index of an axis. */
const decomposed = "torch.ops.quantized_decomposed";
const bounds = { quant_min: -128, quant_max: 127 };
const plain = { scale: 0.0625, zero_point: -5, ...bounds };
const scales = { s: random([6], 3, [0.03, 0.1]), z: ints([6], 0, 3, -9, 0, 5, 1) };
const single = { s: random([], 3, [0.03, 0.1]), z: ints([], 7), l: ints([], -128), g: ints([], 127) };
const byTensor = { scale: "%s", zero_point: "%z" };
const channels = { scales: "%s", zero_points: "%z", axis: 1, ...bounds };
const groups = { s: random([2, 3], 3, [0.03, 0.1]), z: ints([2, 3], 0, 3, -9, 0, 5, 1) };
const blocks = { block_size: [1, 2], scale: "%s", zero_point: "%z", ...bounds };

function pair(library: string, kind: string, args: Arguments): Node[] {
  return [
    [`${library}.quantize_${kind}`, { input: "%x", ...args }, ["q"]],
    [`${library}.dequantize_${kind}`, { input: "%q", ...args }],
  ];
}

export const quantized: readonly (readonly [string, AtenCase])[] = [
  ["quantize_per_tensor", several([2, 6], pair(decomposed, "per_tensor.default", plain), steep)],
  [
    "quantize_per_tensor by tensors",
    several([2, 6], pair(decomposed, "per_tensor.tensor", { ...byTensor, ...bounds }), {
      constants: single,
      ...steep,
    }),
  ],
  [
    "quantize_per_tensor by tensors alone",
    several(
      [2, 6],
      pair(decomposed, "per_tensor.tensor2", { ...byTensor, quant_min: "%l", quant_max: "%g" }),
      {
        constants: single,
        ...steep,
      },
    ),
  ],
  [
    "quantize_per_channel",
    several([2, 6], pair(decomposed, "per_channel.default", channels), { constants: scales, ...steep }),
  ],
  [
    "quantize_affine",
    several([2, 6], pair("torch.ops.torchao", "affine.default", blocks), { constants: groups, ...steep }),
  ],
  [
    "fake_quantize_per_tensor_affine",
    on([2, 6], "fake_quantize_per_tensor_affine.default", { self: "%x", ...plain }, steep),
  ],
  [
    "fake_quantize_per_tensor_affine by tensors",
    on(
      [2, 6],
      "fake_quantize_per_tensor_affine.tensor_qparams",
      { self: "%x", ...byTensor, ...bounds },
      { constants: single, ...steep },
    ),
  ],
  [
    "fake_quantize_per_tensor_affine with a mask",
    on([2, 6], "fake_quantize_per_tensor_affine_cachemask.default", { self: "%x", ...plain }, steep),
  ],
  ...["fake_quantize_per_channel_affine", "fake_quantize_per_channel_affine_cachemask"].map(
    (operator): readonly [string, AtenCase] => [
      operator,
      on(
        [2, 6],
        `${operator}.default`,
        { self: "%x", ...byTensor, axis: 1, ...bounds },
        { constants: scales, ...steep },
      ),
    ],
  ),
];
