import { tensor } from "../../../src/tensor/tensor.js";
import type { Node } from "../../import/pt2/program.js";
import {
  both,
  ids,
  ints,
  mask,
  on,
  positive,
  random,
  several,
  steep,
  type Arguments,
  type AtenCase,
  type Options,
} from "./case.js";

/** Operators that models meet less often: scattering, distances, windows, functions of one number, ranks. */

type Entry = readonly [string, AtenCase];

const plain = (operator: string, args: Arguments = {}, options: Options = {}): Entry => [
  `${operator} ${JSON.stringify(args)}`,
  on([2, 3], operator, { self: "%x", ...args }, options),
];

const inside = { range: [-0.9, 0.9] } as const;
const share = { range: [0.1, 0.9] } as const;

const functions: readonly Entry[] = [
  ..."sinh cosh asinh arcsinh arctan".split(" ").map((name) => plain(`${name}.default`)),
  ..."tan asin acos atanh arcsin arccos arctanh"
    .split(" ")
    .map((name) => plain(`${name}.default`, {}, inside)),
  ..."acosh arccosh".split(" ").map((name) => plain(`${name}.default`, {}, { range: [1.1, 4] })),
  plain("log10.default", {}, positive),
  plain("erfc.default"),
  plain("special_erfc.default"),
  plain("logit.default", {}, share),
  plain("logit.default", { eps: 0.25 }, share),
  plain("frac.default", {}, steep),
  plain("sgn.default", {}, steep),
  plain("threshold.default", { threshold: 0.25, value: -0.5 }, steep),
  plain("hardshrink.default", {}, steep),
  plain("softshrink.default", { lambd: 0.75 }),
  plain("softplus.default", { beta: 2, threshold: 1 }),
  plain("nan_to_num.default"),
  ...["fmax.default", "fmin.default", "logaddexp.default"].map((name): Entry => [
    name,
    both(name, { self: "%x", other: "%z" }, [[2, 3], [3]]),
  ]),
  ...["isnan.default", "isinf.default", "isfinite.default"].map((name): Entry => [
    name,
    several(
      [2, 3],
      [
        [name, { self: "%x" }, ["q"]],
        ["where.ScalarOther", { condition: "%q", self: "%x", other: 0.5 }],
      ],
      name === "isfinite.default" ? {} : steep,
    ),
  ]),
];

const numbers = { i: ints([2, 2], 2, 0, 2, 2), v: random([2, 2]) };

const scattering: readonly Entry[] = [
  plain("scatter_add.default", { dim: 1, index: "%i", src: "%v" }, { constants: numbers }),
  [
    "scatter_add of computed values",
    both(
      "scatter_add.default",
      { self: "%x", dim: 0, index: "%i", src: "%z" },
      [
        [3, 2],
        [2, 2],
      ],
      {
        constants: { i: ints([2, 2], 2, 0, 2, 1) },
      },
    ),
  ],
  plain("scatter.reduce", { dim: 1, index: "%i", src: "%v", reduce: "add" }, { constants: numbers }),
  plain(
    "scatter.value_reduce",
    { dim: 1, index: "%i", value: 0.5, reduce: "multiply" },
    { constants: numbers },
  ),
  ...["sum", "prod", "amax", "amin", "mean"].flatMap((reduce) => [
    plain("scatter_reduce.two", { dim: 1, index: "%i", src: "%v", reduce }, { constants: numbers }),
    plain(
      "scatter_reduce.two",
      { dim: 1, index: "%i", src: "%v", reduce, include_self: false },
      { constants: numbers },
    ),
  ]),
  plain(
    "index_put.default",
    { indices: [null, "%j"], values: "%v", accumulate: true },
    { constants: { j: ints([2], 1, 1), v: random([2, 2]) } },
  ),
  plain(
    "index_add.default",
    { dim: 1, index: "%j", source: "%v", alpha: 0.5 },
    { constants: { j: ints([2], 1, 1), v: random([2, 2]) } },
  ),
  plain(
    "index_copy.default",
    { dim: 1, index: "%j", source: "%v" },
    { constants: { j: ints([2], 2, 0), v: random([2, 2]) } },
  ),
  plain("index_fill.int_Scalar", { dim: 1, index: "%j", value: 0.5 }, { constants: { j: ints([2], 2, 0) } }),
];

const bags: readonly Entry[] = [
  "embedding_bag.default",
  "embedding_bag.padding_idx",
  "_embedding_bag.default",
  "_embedding_bag_forward_only.default",
].map((name, i) => [
  name,
  {
    nodes: [[name, { weight: "%w", indices: "%x", offsets: "%o", mode: i % 3 }]],
    inputs: { x: ids(5) },
    constants: { w: random([2, 3]), o: ints([2], 0, 3) },
  },
]);

const pairs = (operator: string, args: Arguments = {}, options: Options = {}): Entry => [
  `${operator} ${JSON.stringify(args)}`,
  both(
    operator,
    { x1: "%x", x2: "%z", ...args },
    [
      [3, 4],
      [3, 4],
    ],
    options,
  ),
];

const distances: readonly Entry[] = [
  pairs("cosine_similarity.default"),
  pairs("pairwise_distance.default"),
  pairs("pairwise_distance.default", { p: 1, keepdim: true }),
  pairs("cdist.default", { p: 1 }),
  pairs("_cdist_forward.default", { p: 2, compute_mode: null }),
  pairs("_euclidean_dist.default"),
  ["pdist.default", on([3, 4], "pdist.default", { self: "%x" })],
  ["_pdist_forward.default", on([3, 4], "_pdist_forward.default", { self: "%x" })],
];

const products: readonly Entry[] = [
  [
    "tensordot.default",
    both("tensordot.default", { self: "%x", other: "%z", dims_self: [1, 2], dims_other: [1, 0] }, [
      [2, 3, 4],
      [4, 3, 2],
    ]),
  ],
  ["kron.default", both("kron.default", { self: "%x", other: "%z" }, [[2, 2], [3]])],
  [
    "inner.default",
    both("inner.default", { self: "%x", other: "%z" }, [
      [2, 3],
      [4, 3],
    ]),
  ],
  ["vdot.default", both("vdot.default", { self: "%x", other: "%z" }, [[5], [5]])],
  [
    "addmv.default",
    on(
      [4],
      "addmv.default",
      { self: "%b", mat: "%w", vec: "%x", beta: 2 },
      {
        constants: { b: random([3]), w: random([3, 4], 2) },
      },
    ),
  ],
];

const image = [1, 2, 4, 5] as const;
const window = { kernel_size: [2, 3], dilation: [1, 2], padding: [1, 1], stride: [2, 1] };
const grid = tensor("float", [1, 2, 2, 2], [-1.2, -0.4, 0.1, 0.7, 0.9, -1, 0.3, 0.3]);

const windows: readonly Entry[] = [
  ["unfold", on([2, 7], "unfold.default", { self: "%x", dimension: 1, size: 3, step: 2 })],
  ["im2col", on([...image], "im2col.default", { self: "%x", ...window })],
  [
    "col2im",
    on([1, 12, 6], "col2im.default", {
      self: "%x",
      output_size: [4, 5],
      ...window,
      dilation: [1, 1],
      padding: [0, 1],
      stride: [2, 2],
      kernel_size: [2, 3],
    }),
  ],
  ...["channel_shuffle.default", "native_channel_shuffle.default"].map((name): Entry => [
    name,
    on([1, 6, 2, 2], name, { self: "%x", groups: 3 }),
  ]),
  plain("take.default", { index: "%i" }, { constants: { i: ints([2, 2], 5, 0, 3, 3) } }),
  plain("take_along_dim.default", { indices: "%i", dim: 1 }, { constants: { i: ints([1, 2], 2, 0) } }),
  plain("take_along_dim.default", { indices: "%i" }, { constants: { i: ints([2], 4, 0) } }),
  ["diag of a vector", on([3], "diag.default", { self: "%x", diagonal: -1 })],
  ["diag of a matrix", on([3, 4], "diag.default", { self: "%x", diagonal: 1 })],
  ["diag_embed", on([2, 3], "diag_embed.default", { self: "%x", offset: 1 })],
  ["trace", on([3, 3], "trace.default", { self: "%x" })],
  ...[1, 2, 3].map((axes): Entry => [
    `upsample nearest exact ${axes}d`,
    on([1, 2, ...[3, 4, 2].slice(0, axes)], `_upsample_nearest_exact${axes}d.vec`, {
      input: "%x",
      output_size: [5, 7, 3].slice(0, axes),
      scale_factors: null,
    }),
  ]),
  ...[1, 2, 3].map((axes): Entry => [
    `upsample nearest ${axes}d of a given scale`,
    on([1, 2, ...[3, 4, 2].slice(0, axes)], `upsample_nearest${axes}d.default`, {
      self: "%x",
      output_size: [5, 7, 3].slice(0, axes),
      ...(axes === 1 ? { scales: 1.75 } : { scales_h: 1.75, scales_w: null }),
    }),
  ]),
  ...["linear1d", "bilinear2d", "trilinear3d", "bicubic2d"].map((name): Entry => {
    const axes = Number(name.at(-2));
    return [
      `upsample ${name} of a given size`,
      on([1, 1, ...[3, 4, 2].slice(0, axes)], `upsample_${name}.default`, {
        self: "%x",
        output_size: [5, 7, 3].slice(0, axes),
        align_corners: false,
      }),
    ];
  }),
  ...[true, false].map((align_corners): Entry => [
    `upsample bicubic, ${align_corners ? "corners aligned" : "half pixels"}`,
    on([...image], "upsample_bicubic2d.vec", {
      input: "%x",
      output_size: [6, 7],
      align_corners,
      scale_factors: null,
    }),
  ]),
  ...["grid_sampler_2d.default", "grid_sampler.default"].flatMap((name) =>
    [0, 1, 2].map((mode): Entry => [
      `${name} of mode ${mode}`,
      on(
        [...image],
        name,
        { input: "%x", grid: "%g", interpolation_mode: mode, padding_mode: mode, align_corners: mode === 1 },
        { constants: { g: grid } },
      ),
    ]),
  ),
];

const second = (operator: string, args: Arguments): Node => [operator, { self: "%x", ...args }, ["v", "y"]];

const ranks: readonly Entry[] = [
  ["median", on([5], "median.default", { self: "%x" })],
  ["median along an axis", on([3, 4], "median.dim", { self: "%x", dim: 1, keepdim: true })],
  ["where the median is", several([3, 4], [second("median.dim", { dim: 0 })], steep)],
  ["kthvalue", on([2, 5], "kthvalue.default", { self: "%x", k: 2 })],
  ["sort.stable", on([2, 4], "sort.stable", { self: "%x", stable: true, descending: true })],
  ...["argsort.default", "argsort.stable"].map((name): Entry => [
    name,
    on([2, 4], name, { self: "%x" }, steep),
  ]),
  ["msort", on([4, 2], "msort.default", { self: "%x" })],
  ["aminmax", several([2, 5], [second("aminmax.default", { dim: 1 })])],
  ["count_nonzero", several([2, 5], [mask, ["count_nonzero.default", { self: "%m" }]], steep)],
  ["var.default", on([2, 5], "var.default", { self: "%x" })],
  ["std.default", on([2, 5], "std.default", { self: "%x", unbiased: false })],
];

export const further: readonly Entry[] = [
  ...functions,
  ...scattering,
  ...bags,
  ...distances,
  ...products,
  ...windows,
  ...ranks,
];
