import { tensor } from "../../../src/tensor/tensor.js";
import type { Node } from "../../import/pt2/program.js";
import {
  both,
  ints,
  mask,
  on,
  positive,
  random,
  several,
  steep,
  zeros,
  type Arguments,
  type AtenCase,
} from "./case.js";

/** Other names and overloads of what the other families have, as decompositions and older exports write them. */

type Entry = [string, AtenCase];

/** One operator on x of shape [2, 3], unless the arguments name it otherwise. */
const plain = (operator: string, args: Arguments = {}, options: Parameters<typeof on>[3] = {}): Entry => [
  operator,
  on([2, 3], operator, { self: "%x", ...args }, options),
];

const scalars: readonly Entry[] = [
  ...["add", "sub", "mul", "multiply", "div", "divide", "true_divide"].map((name) =>
    plain(`${name}.Scalar`, { other: 1.5 }),
  ),
  ...["multiply.Tensor", "divide.Tensor", "true_divide.Tensor"].map((name): Entry => [
    name,
    both(name, { self: "%x", other: "%z" }, [[2, 3], [3]], positive),
  ]),
  ...["eq", "ne", "lt", "le", "gt", "ge"].map((name) => plain(`${name}.Scalar`, { other: 0.25 }, steep)),
  ...["remainder.Tensor", "fmod.Tensor"].map((name): Entry => [
    name,
    on([2, 3], name, { self: "%x", other: "%c" }, { constants: { c: random([3], 1, [0.6, 1.2]) }, ...steep }),
  ]),
  plain("floor_divide.Scalar", { other: 0.7 }, steep),
  plain("div.Scalar_mode", { other: 0.7, rounding_mode: "floor" }, steep),
  plain("pow.Tensor_Tensor", { exponent: "%c" }, { constants: { c: tensor("float", [], [2]) } }),
  plain("fix.default", {}, steep),
  [
    "lerp.Tensor",
    both("lerp.Tensor", { self: "%x", end: "%z", weight: "%c" }, [[2, 3], [3]], {
      constants: { c: random([3], 1, [0, 1]) },
    }),
  ],
  [
    "where.ScalarSelf",
    several([2, 3], [mask, ["where.ScalarSelf", { condition: "%m", self: 0.5, other: "%x" }]], steep),
  ],
  [
    "masked_fill.Tensor",
    several([2, 3], [mask, ["masked_fill.Tensor", { self: "%x", mask: "%m", value: "%c" }]], {
      constants: { c: tensor("float", [], [0.5]) },
      ...steep,
    }),
  ],
  [
    "_prelu_kernel.default",
    on([2, 3], "_prelu_kernel.default", { self: "%x", weight: "%c" }, { constants: { c: random([3]) } }),
  ],
];

const other: Node = ["lt.Scalar", { self: "%x", other: -0.4 }, ["n"]];
const asNumbers: Node = ["_to_copy.default", { self: "%r", dtype: 7 }];

const masks: readonly Entry[] = [
  ...["logical_and.default", "bitwise_and.Tensor", "bitwise_or.Tensor", "__or__.Tensor"].map(
    (name): Entry => [
      name,
      several([2, 3], [mask, other, [name, { self: "%m", other: "%n" }, ["r"]], asNumbers], steep),
    ],
  ),
  ...["bitwise_and.Scalar", "bitwise_or.Scalar", "__and__.Scalar", "__or__.Scalar"].map((name): Entry => [
    name,
    several([2, 3], [mask, [name, { self: "%m", other: /and/.test(name) }, ["r"]], asNumbers], steep),
  ]),
  [
    "logical_not.default",
    several([2, 3], [mask, ["logical_not.default", { self: "%m" }, ["r"]], asNumbers], steep),
  ],
  ...["any.default", "all.default"].map((name): Entry => [
    name,
    several([2, 3], [mask, [name, { self: "%m" }, ["r"]], asNumbers], steep),
  ]),
  ["any.dims", several([2, 3], [mask, ["any.dims", { self: "%m", dim: [0] }, ["r"]], asNumbers], steep)],
];

const reductions: readonly Entry[] = [
  plain("min.dim", { dim: 1 }),
  plain("var.dim", { dim: [1] }),
  ["std.dim", on([2, 5], "std.dim", { self: "%x", dim: [1], unbiased: false })],
  plain("norm.ScalarOpt_dim", { p: 2, dim: [1] }),
  plain("_softmax.default", { dim: 1, half_to_float: false }),
  plain("_safe_softmax.default", { dim: 1 }),
  plain("_log_softmax.default", { dim: 1, half_to_float: false }),
];

const channels = {
  w: random([4], 1, [0.5, 2]),
  b: random([4], 2),
  m: random([4], 3),
  v: random([4], 4, [0.5, 2]),
};

const norms: readonly Entry[] = [
  [
    "_native_batch_norm_legit_no_training.default",
    on(
      [2, 4, 3],
      "_native_batch_norm_legit_no_training.default",
      {
        input: "%x",
        weight: "%w",
        bias: "%b",
        running_mean: "%m",
        running_var: "%v",
        momentum: 0.1,
        eps: 1e-5,
      },
      { constants: channels },
    ),
  ],
  [
    "_native_batch_norm_legit.no_stats",
    on(
      [1, 4, 5],
      "_native_batch_norm_legit.no_stats",
      { input: "%x", weight: "%w", bias: "%b", training: true, momentum: 0.1, eps: 1e-5 },
      { constants: channels },
    ),
  ],
  [
    "native_layer_norm.default",
    on(
      [2, 4],
      "native_layer_norm.default",
      { input: "%x", normalized_shape: [4], weight: "%w", bias: "%b", eps: 1e-5 },
      { constants: channels },
    ),
  ],
  [
    "native_group_norm.default",
    on(
      [2, 4, 3],
      "native_group_norm.default",
      { input: "%x", weight: "%w", bias: "%b", N: 2, C: 4, HxW: 3, group: 2, eps: 1e-5 },
      { constants: channels },
    ),
  ],
  [
    "_fused_rms_norm.default",
    on(
      [2, 4],
      "_fused_rms_norm.default",
      { input: "%x", normalized_shape: [4], weight: "%w", eps: 1e-5 },
      { constants: channels },
    ),
  ],
  [
    "_weight_norm.default",
    several(
      [2, 3],
      [
        ["_weight_norm.default", { v: "%a", g: "%g" }, ["w"]],
        ["linear.default", { input: "%x", weight: "%w" }],
      ],
      { constants: { a: random([4, 3]), g: random([4, 1], 2, [0.5, 1]) } },
    ),
  ],
];

/** A padded border, on one, two or three axes. */
const border = (name: string, axes: number): Entry => [
  `${name}${axes}d`,
  on([1, 2, ...[4, 3, 4].slice(0, axes)], `${name}${axes}d.default`, {
    self: "%x",
    padding: [1, 2, 1, 1, 2, 0].slice(0, 2 * axes),
  }),
];

const windows: readonly Entry[] = [
  ...[1, 3].map((axes): Entry => [
    `conv${axes}d.padding`,
    on(
      [1, 2, ...[4, 4, 5].slice(0, axes)],
      `conv${axes}d.padding`,
      { input: "%x", weight: "%w", padding: "same" },
      { constants: { w: random([3, 2, ...[3, 2, 3].slice(0, axes)]) } },
    ),
  ]),
  [
    "convolution.default",
    on(
      [1, 2, 5, 4],
      "convolution.default",
      {
        input: "%x",
        weight: "%w",
        bias: null,
        stride: [2, 1],
        padding: [1, 0],
        dilation: [1, 1],
        transposed: false,
        output_padding: [0, 0],
        groups: 1,
      },
      { constants: { w: random([3, 2, 3, 2]) } },
    ),
  ],
  [
    "convolution.default, transposed",
    on(
      [1, 2, 3, 4],
      "convolution.default",
      {
        input: "%x",
        weight: "%w",
        bias: null,
        stride: [2, 1],
        padding: [1, 0],
        dilation: [1, 1],
        transposed: true,
        output_padding: [1, 0],
        groups: 1,
      },
      { constants: { w: random([2, 3, 3, 2]) } },
    ),
  ],
  [
    "max_pool2d_with_indices.default",
    on([1, 2, 4, 4], "max_pool2d_with_indices.default", { self: "%x", kernel_size: [2, 2] }),
  ],
  [
    "max_pool3d_with_indices.default",
    on([1, 1, 4, 2, 4], "max_pool3d_with_indices.default", { self: "%x", kernel_size: [2, 2, 2] }),
  ],
  ...["adaptive_avg_pool3d", "_adaptive_avg_pool3d", "adaptive_max_pool3d"].map((name): Entry => [
    name,
    on([1, 1, 4, 3, 4], `${name}.default`, { self: "%x", output_size: [2, 2, 1] }),
  ]),
  [
    "_adaptive_avg_pool2d",
    on([1, 2, 4, 5], "_adaptive_avg_pool2d.default", { self: "%x", output_size: [2, 2] }),
  ],
  ["adaptive_max_pool1d", on([1, 2, 7], "adaptive_max_pool1d.default", { self: "%x", output_size: [3] })],
  [
    "upsample_nearest1d",
    on([1, 2, 4], "upsample_nearest1d.vec", { input: "%x", output_size: [7], scale_factors: null }),
  ],
  [
    "upsample_nearest3d",
    on([1, 1, 2, 3, 2], "upsample_nearest3d.vec", {
      input: "%x",
      output_size: [4, 4, 3],
      scale_factors: null,
    }),
  ],
  [
    "upsample_trilinear3d",
    on([1, 1, 2, 3, 2], "upsample_trilinear3d.vec", {
      input: "%x",
      output_size: [3, 4, 3],
      align_corners: false,
      scale_factors: null,
    }),
  ],
  ...["reflection_pad", "replication_pad"].flatMap((name) => [1, 2, 3].map((axes) => border(name, axes))),
];

const copies: readonly Entry[] = [
  ..."alias contiguous clone detach lift_fresh_copy lift_fresh lift positive resolve_conj"
    .split(" ")
    .map((name) => plain(`${name}.default`)),
  plain("to.device", { device: "cpu", dtype: 7 }),
  plain("to.dtype_layout", { dtype: 7 }),
  ...["to.other", "type_as.default", "reshape_as.default", "view_as.default", "copy.default"].map(
    (name): Entry => [
      name,
      both(name, name === "copy.default" ? { self: "%x", src: "%z" } : { self: "%x", other: "%z" }, [
        [2, 3],
        [2, 3],
      ]),
    ],
  ),
  ["feature_dropout.default", on([2, 3], "feature_dropout.default", { input: "%x", p: 0.5, train: false })],
  ["native_dropout.default", on([2, 3], "native_dropout.default", { input: "%x", p: 0.5, train: false })],
];

const moves: readonly Entry[] = [
  plain("_unsafe_view.default", { size: [3, 2] }),
  ["squeeze.default", on([1, 3, 1], "squeeze.default", { self: "%x" })],
  ["squeeze.dims", on([1, 3, 1], "squeeze.dims", { self: "%x", dim: [0, 2] })],
  plain("swapaxes.default", { axis0: 0, axis1: 1 }),
  plain("swapdims.default", { dim0: 0, dim1: 1 }),
  ...["mT", "numpy_T", "t"].map((name) => plain(`${name}.default`)),
  plain("movedim.intlist", { source: [0, 1], destination: [1, 0] }),
  plain("broadcast_to.default", { size: [2, 2, 3] }),
  [
    "broadcast_tensors.default",
    {
      nodes: [
        ["broadcast_tensors.default", { tensors: ["%x", "%z"] }, ["a", "b"]],
        ["mul.Tensor", { self: "%a", other: "%b" }],
      ],
      inputs: { x: zeros([2, 1]), z: zeros([3]) },
    },
  ],
  ...["concat.default", "concatenate.default"].map((name): Entry => [
    name,
    both(name, { tensors: ["%x", "%z"], dim: 0 }, [
      [2, 3],
      [1, 3],
    ]),
  ]),
  ...["split_with_sizes_copy.default", "split.sizes"].map((name): Entry => [
    name,
    several(
      [2, 3],
      [
        [
          name,
          name === "split.sizes"
            ? { self: "%x", split_size: [1, 2], dim: 1 }
            : { self: "%x", split_sizes: [1, 2], dim: 1 },
          ["a", "b"],
        ],
        ["add.Tensor", { self: "%a", other: "%b" }],
      ],
    ),
  ]),
  plain("_unsafe_index.Tensor", { indices: [null, "%i"] }, { constants: { i: ints([2], 2, 0) } }),
  plain("select_scatter.default", { src: "%c", dim: 1, index: 1 }, { constants: { c: random([2]) } }),
  plain(
    "slice_scatter.default",
    { src: "%c", dim: 1, start: 1, end: 3 },
    { constants: { c: random([2, 2]) } },
  ),
  plain(
    "scatter.src",
    { dim: 1, index: "%i", src: "%c" },
    { constants: { i: ints([2, 1], 2, 0), c: random([2, 1]) } },
  ),
];

export const forms: readonly Entry[] = [
  ...scalars,
  ...masks,
  ...reductions,
  ...norms,
  ...windows,
  ...copies,
  ...moves,
];
