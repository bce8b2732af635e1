import { float, int, type Tensors, type Value } from "./program.js";

/** [operator, arguments, constants, expected shape, expected elements] on x, unless given otherwise. */
export type Case = readonly [
  string,
  Readonly<Record<string, Value>>,
  Tensors,
  readonly number[],
  readonly number[],
];

export const x = float([2, 3], 1, -2, 3, -4, 5, -6);
export const none: Tensors = {};
export const y = float([2, 3], 2, 4, -1, 3, 0.5, 1);

/** Expected values of operators that models meet less often, worked out by hand from PyTorch's documentation. */
export const furtherCases: readonly Case[] = [
  [
    "scatter_add.default",
    { self: "%x", dim: 1, index: "%i", src: "%c" },
    { i: int([2, 2], 2, 2, 0, 1), c: float([2, 2], 1, 2, 3, 4) },
    [2, 3],
    [1, -2, 6, -1, 9, -6],
  ],
  ...(
    [
      ["sum", true, [1, -2, 6, -1, 9, -6]],
      ["sum", false, [1, -2, 3, 3, 4, -6]],
      ["prod", true, [1, -2, 6, -12, 20, -6]],
      ["amax", true, [1, -2, 3, 3, 5, -6]],
      ["amin", false, [1, -2, 1, 3, 4, -6]],
      ["mean", true, [1, -2, 2, -0.5, 4.5, -6]],
      ["mean", false, [1, -2, 1.5, 3, 4, -6]],
    ] as const
  ).map(([reduce, include_self, expected]): Case => [
    "scatter_reduce.two",
    { self: "%x", dim: 1, index: "%i", src: "%c", reduce, include_self },
    { i: int([2, 2], 2, 2, 0, 1), c: float([2, 2], 1, 2, 3, 4) },
    [2, 3],
    expected,
  ]),
  [
    "index_add.default",
    { self: "%x", dim: 1, index: "%i", source: "%c", alpha: 2 },
    { i: int([2], 0, 0), c: float([2, 2], 1, 2, 3, 4) },
    [2, 3],
    [7, -2, 3, 10, 5, -6],
  ],
  [
    "index_put.default",
    { self: "%x", indices: ["%i", "%j"], values: "%c", accumulate: true },
    { i: int([2], 1, 1), j: int([2], -1, 2), c: float([2], 10, 20) },
    [2, 3],
    [1, -2, 3, -4, 5, 24],
  ],
  [
    "embedding_bag.default",
    { weight: "%x", indices: "%i", offsets: "%o", mode: 1 },
    { i: int([3], 0, 1, 0), o: int([2], 0, 2) },
    [2, 3],
    [-1.5, 1.5, -1.5, 1, -2, 3],
  ],
  [
    "cosine_similarity.default",
    { x1: "%x", x2: "%c" },
    { c: float([2, 3], 1, -2, 3, 0, 0, 2) },
    [2],
    [1, -6 / Math.sqrt(77)],
  ],
  ["pairwise_distance.default", { x1: "%x", x2: "%c", p: 1, eps: 0 }, { c: y }, [2], [11, 18.5]],
  ["cdist.default", { x1: "%x", x2: "%c", p: 1 }, { c: float([1, 3], 1, 0, 0) }, [2, 1], [5, 16]],
  ["pdist.default", { self: "%x", p: 1 }, none, [1], [21]],
  [
    "unfold.default",
    { self: "%x", dimension: 1, size: 2, step: 1 },
    none,
    [2, 2, 2],
    [1, -2, -2, 3, -4, 5, 5, -6],
  ],
  ["take.default", { self: "%x", index: "%i" }, { i: int([2], 4, 0) }, [2], [5, 1]],
  ["diag.default", { self: "%x", diagonal: 1 }, none, [2], [-2, -6]],
  [
    "diag_embed.default",
    { self: "%x" },
    none,
    [2, 3, 3],
    [1, 0, 0, 0, -2, 0, 0, 0, 3, -4, 0, 0, 0, 5, 0, 0, 0, -6],
  ],
  ["trace.default", { self: "%x" }, none, [], [6]],
  [
    "kron.default",
    { self: "%x", other: "%c" },
    { c: float([2], 1, 10) },
    [2, 6],
    [1, 10, -2, -20, 3, 30, -4, -40, 5, 50, -6, -60],
  ],
  [
    "tensordot.default",
    { self: "%x", other: "%c", dims_self: [0, 1], dims_other: [1, 0] },
    { c: float([3, 2], 1, 2, 3, 4, 5, 6) },
    [],
    [1 - 6 + 15 - 8 + 20 - 36],
  ],
  ["median.default", { self: "%x" }, none, [], [-2]],
  ["median.dim", { self: "%x", dim: 1 }, none, [2], [1, -4]],
  ["kthvalue.default", { self: "%x", k: 3, dim: 1, keepdim: true }, none, [2, 1], [3, 5]],
  ["threshold.default", { self: "%x", threshold: 1, value: 7 }, none, [2, 3], [7, 7, 3, 7, 5, 7]],
  ["hardshrink.default", { self: "%x", lambd: 2 }, none, [2, 3], [0, 0, 3, -4, 5, -6]],
  ["softshrink.default", { self: "%x", lambd: 2 }, none, [2, 3], [0, 0, 1, -2, 3, -4]],
  [
    "softplus.default",
    { self: "%x", threshold: 2.5 },
    none,
    [2, 3],
    [Math.log1p(Math.E), Math.log1p(Math.exp(-2)), 3, Math.log1p(Math.exp(-4)), 5, Math.log1p(Math.exp(-6))],
  ],
  ["frac.default", { self: "%c" }, { c: float([2], 1.25, -1.25) }, [2], [0.25, -0.25]],
  [
    "logaddexp.default",
    { self: "%c", other: "%d" },
    { c: float([1], 1000), d: float([1], 1000) },
    [1],
    [1000 + Math.LN2],
  ],
  [
    "nan_to_num.default",
    { self: "%c", nan: 3 },
    { c: float([3], NaN, 1, Infinity) },
    [3],
    [3, 1, 3.4028234663852886e38],
  ],
  ["isfinite.default", { self: "%c" }, { c: float([3], NaN, 1, -Infinity) }, [3], [0, 1, 0]],
];
