import type { Shape } from "../../../src/tensor/types.js";
import { on, random, several, type AtenCase, type Arguments } from "./case.js";
import { channels } from "./reduction.js";

function conv(axes: number, args: Arguments, weight: Shape, batch = 1): AtenCase {
  const spatial = [[9], [6, 7], [4, 5, 4]][axes - 1];
  const groups = (args.groups as number | undefined) ?? 1;
  return on(
    [batch, weight[1] * groups, ...spatial],
    args.padding === "same" || args.padding === "valid" ? `conv${axes}d.padding` : `conv${axes}d.default`,
    { input: "%x", weight: "%w", bias: "%b", ...args },
    { constants: { w: random(weight), b: random([weight[0]], 2) } },
  );
}

function transposedConv(axes: number, args: Arguments, weight: Shape, out: number, batch = 1): AtenCase {
  const spatial = [[5], [3, 4], [2, 3, 2]][axes - 1];
  return on(
    [batch, weight[0], ...spatial],
    axes === 1 ? "conv_transpose1d.default" : `conv_transpose${axes}d.input`,
    { input: "%x", weight: "%w", bias: "%b", ...args },
    { constants: { w: random(weight), b: random([out], 2) } },
  );
}

const pool = (name: string, shape: Shape, args: Arguments): [string, AtenCase] => [
  `${name} ${JSON.stringify(args)}`,
  on(shape, `${name}.default`, { self: "%x", ...args }),
];

export const spatial: readonly [string, AtenCase][] = [
  ["conv1d", conv(1, { stride: [2], padding: [1], dilation: [2] }, [3, 2, 3])],
  ["conv2d", conv(2, { stride: [2, 1], padding: [1, 0], dilation: [1, 2] }, [3, 2, 3, 2])],
  ["conv2d of two samples", conv(2, {}, [3, 2, 3, 2], 2)],
  ["conv2d in groups", conv(2, { groups: 2 }, [4, 2, 3, 3])],
  ["conv2d a channel each", conv(2, { groups: 3, padding: [1, 1] }, [6, 1, 3, 3])],
  ["conv2d, same padding", conv(2, { padding: "same", dilation: [2, 1] }, [3, 2, 3, 2])],
  ["conv2d, valid padding", conv(2, { padding: "valid" }, [3, 2, 3, 2])],
  ["conv3d", conv(3, { padding: [1, 0, 1] }, [2, 2, 2, 3, 2])],
  ["conv_transpose1d", transposedConv(1, { stride: [2], padding: [1], output_padding: [1] }, [3, 2, 3], 2)],
  [
    "conv_transpose2d in groups",
    transposedConv(
      2,
      { stride: [2, 3], padding: [1, 0], output_padding: [1, 0], groups: 2 },
      [4, 3, 3, 3],
      6,
    ),
  ],
  [
    "conv_transpose2d of two samples",
    transposedConv(2, { stride: [2, 2], dilation: [1, 2] }, [2, 3, 3, 2], 3, 2),
  ],
  ["conv_transpose3d", transposedConv(3, {}, [2, 2, 2, 2, 2], 2)],
  [
    "conv, batch norm, relu",
    several(
      [1, 2, 5, 5],
      [
        ["conv2d.default", { input: "%x", weight: "%c" }, ["h"]],
        [
          "batch_norm.default",
          {
            input: "%h",
            weight: "%w",
            bias: "%b",
            running_mean: "%m",
            running_var: "%v",
            training: false,
            momentum: 0.1,
            eps: 1e-5,
            cudnn_enabled: true,
          },
          ["n"],
        ],
        ["relu_.default", { self: "%n" }],
      ],
      { constants: { ...channels, c: random([4, 2, 3, 3], 8) } },
    ),
  ],
  pool("max_pool1d", [1, 2, 9], { kernel_size: [3], stride: [2], padding: [1] }),
  pool("max_pool2d", [1, 2, 7, 6], {
    kernel_size: [3, 2],
    stride: [2, 2],
    padding: [1, 0],
    dilation: [1, 2],
    ceil_mode: true,
  }),
  pool("max_pool2d", [2, 2, 4, 4], { kernel_size: [2] }),
  pool("max_pool3d", [1, 1, 4, 4, 4], { kernel_size: [2, 2, 2] }),
  pool("avg_pool1d", [1, 2, 9], { kernel_size: [3], stride: [2], padding: [1] }),
  pool("avg_pool2d", [1, 2, 7, 6], {
    kernel_size: [3, 2],
    stride: [2, 2],
    padding: [1, 1],
    ceil_mode: true,
    count_include_pad: false,
  }),
  pool("avg_pool2d", [1, 2, 7, 6], { kernel_size: [3, 2], stride: [2, 2], padding: [1, 1], ceil_mode: true }),
  pool("avg_pool2d", [1, 2, 4, 4], { kernel_size: [2, 2], divisor_override: 3 }),
  pool("avg_pool3d", [1, 1, 4, 4, 4], { kernel_size: [2, 2, 2] }),
  pool("adaptive_avg_pool1d", [1, 2, 7], { output_size: [3] }),
  pool("adaptive_avg_pool2d", [1, 2, 6, 5], { output_size: [3, 2] }),
  pool("adaptive_avg_pool2d", [1, 2, 6, 5], { output_size: [1, 1] }),
  pool("adaptive_max_pool2d", [1, 2, 6, 5], { output_size: [3, 2] }),
  ...["reflect", "replicate", "circular", "constant"].map((mode): [string, AtenCase] => [
    `pad, ${mode}`,
    on([1, 2, 4, 4], "pad.default", { self: "%x", pad: [1, 2, 2, 1], mode }),
  ]),
  ["pad, cropping", on([1, 2, 4, 4], "constant_pad_nd.default", { self: "%x", pad: [-1, 2], value: 0.5 })],
  ["pixel_shuffle", on([1, 8, 2, 3], "pixel_shuffle.default", { self: "%x", upscale_factor: 2 })],
  ["pixel_unshuffle", on([1, 2, 4, 6], "pixel_unshuffle.default", { self: "%x", downscale_factor: 2 })],
  [
    "upsample nearest",
    on([1, 2, 3, 4], "upsample_nearest2d.vec", { input: "%x", output_size: null, scale_factors: [2.0, 2.0] }),
  ],
  ...[true, false].map((align_corners): [string, AtenCase] => [
    `upsample bilinear, ${align_corners ? "corners aligned" : "half pixels"}`,
    on([1, 2, 3, 4], "upsample_bilinear2d.vec", {
      input: "%x",
      output_size: [5, 7],
      align_corners,
      scale_factors: null,
    }),
  ]),
  [
    "upsample linear",
    on([1, 2, 5], "upsample_linear1d.vec", {
      input: "%x",
      output_size: [8],
      align_corners: false,
      scale_factors: null,
    }),
  ],
];
