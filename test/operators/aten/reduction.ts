import { mask, on, random, several, steep, type AtenCase } from "./case.js";

export const reductions: readonly [string, AtenCase][] = [
  ...["sum.dim_IntList", "mean.dim", "amax.default", "amin.default"].flatMap((name): [string, AtenCase][] => [
    [`${name} over a last axis`, on([2, 3, 4], name, { self: "%x", dim: [-1], keepdim: true })],
    [`${name} over two axes`, on([2, 3, 4], name, { self: "%x", dim: [0, 2] })],
  ]),
  ...["sum.default", "mean.default", "max.default", "min.default"].map((name): [string, AtenCase] => [
    name,
    on([2, 3], name, { self: "%x" }),
  ]),
  ["max along an axis", on([2, 3], "max.dim", { self: "%x", dim: 1 })],
  ["where the max is", several([2, 5], [["max.dim", { self: "%x", dim: 1 }, ["v", "y"]]], steep)],
  ["argmax", on([2, 5], "argmax.default", { self: "%x", dim: -1 }, steep)],
  ["argmin", on([2, 5], "argmin.default", { self: "%x", dim: 0, keepdim: true }, steep)],
  ["topk", on([2, 5], "topk.default", { self: "%x", k: 3 })],
  ["topk of the least", on([2, 5], "topk.default", { self: "%x", k: 2, dim: 1, largest: false })],
  ["where the topk are", several([2, 5], [["topk.default", { self: "%x", k: 3 }, ["v", "y"]]], steep)],
  ["topk of one", on([3, 1], "topk.default", { self: "%x", k: 1 })],
  ["sort", on([4, 3], "sort.default", { self: "%x", dim: 0 })],
  ["prod", on([2, 5], "prod.dim_int", { self: "%x", dim: 1 })],
  ["prod of all", on([2, 2], "prod.default", { self: "%x" })],
  ["cumsum", on([2, 5], "cumsum.default", { self: "%x", dim: 1 })],
  ["diff", on([2, 5], "diff.default", { self: "%x" })],
  ["variance", on([2, 5], "var.correction", { self: "%x", dim: [1] })],
  ["standard deviation", on([2, 5], "std.correction", { self: "%x", dim: [1], correction: 0 })],
  ["logsumexp", on([2, 5], "logsumexp.default", { self: "%x", dim: [1] })],
  [
    "any and all",
    several(
      [2, 5],
      [
        mask,
        ["any.dim", { self: "%m", dim: 1 }, ["a"]],
        ["all.dim", { self: "%m", dim: 1 }, ["b"]],
        ["add.Tensor", { self: "%a", other: "%b" }],
      ],
      steep,
    ),
  ],
  ...[1, 2, Infinity].map((ord): [string, AtenCase] => [
    `norm of order ${ord}`,
    on([2, 5], "linalg_vector_norm.default", { self: "%x", ord: { float: ord }, dim: [1] }),
  ]),
  [
    "L2 normalization",
    several(
      [2, 5],
      [
        ["linalg_vector_norm.default", { self: "%x", ord: 2, dim: [1], keepdim: true }, ["n"]],
        ["clamp_min.default", { self: "%n", min: { float: 1e-12 } }, ["c"]],
        ["expand_as.default", { self: "%c", other: "%x" }, ["e"]],
        ["div.Tensor", { self: "%x", other: "%e" }],
      ],
    ),
  ],
  ["softmax", on([2, 3, 4], "softmax.int", { self: "%x", dim: 1 })],
  ["log_softmax", on([2, 5], "log_softmax.int", { self: "%x", dim: -1 })],
  ["softmin", on([2, 5], "softmin.default", { self: "%x", dim: -1 })],
];

/** Parameters of a norm of four channels. */
export const channels = {
  w: random([4], 1, [0.5, 2]),
  b: random([4], 2),
  m: random([4], 3),
  v: random([4], 4, [0.5, 2]),
};
export const norms: readonly [string, AtenCase][] = [
  [
    "batch_norm",
    on(
      [2, 4, 3],
      "batch_norm.default",
      {
        input: "%x",
        weight: "%w",
        bias: "%b",
        running_mean: "%m",
        running_var: "%v",
        training: false,
        momentum: 0.1,
        eps: 1e-5,
        cudnn_enabled: true,
      },
      { constants: channels },
    ),
  ],
  [
    "layer_norm",
    on(
      [2, 3, 4],
      "layer_norm.default",
      { input: "%x", normalized_shape: [3, 4], weight: "%w", bias: "%b" },
      { constants: { w: random([3, 4]), b: random([3, 4], 2) } },
    ),
  ],
  [
    "layer_norm without parameters",
    on([2, 3, 4], "layer_norm.default", { input: "%x", normalized_shape: [4] }),
  ],
  [
    "rms_norm",
    on(
      [2, 3, 4],
      "rms_norm.default",
      { input: "%x", normalized_shape: [4], weight: "%w" },
      { constants: { w: channels.w } },
    ),
  ],
  [
    "group_norm",
    on(
      [2, 4, 3],
      "group_norm.default",
      { input: "%x", num_groups: 2, weight: "%w", bias: "%b", eps: 1e-5 },
      { constants: channels },
    ),
  ],
  [
    "instance_norm",
    on(
      [2, 4, 5],
      "instance_norm.default",
      {
        input: "%x",
        weight: "%w",
        bias: "%b",
        running_mean: null,
        running_var: null,
        use_input_stats: true,
        momentum: 0.1,
        eps: 1e-5,
        cudnn_enabled: true,
      },
      { constants: channels },
    ),
  ],
  [
    "layer_norm, then a layer over rows",
    several(
      [1, 3, 4],
      [
        ["layer_norm.default", { input: "%x", normalized_shape: [4], weight: "%w", bias: "%b" }, ["n"]],
        ["linear.default", { input: "%n", weight: "%l" }],
      ],
      { constants: { w: channels.w, b: channels.b, l: random([5, 4], 9) } },
    ),
  ],
];
