import { float, int, type Tensors, type Value } from "./program.js";
import { none, x } from "./atenValues.js";

/** An operator on x of shape [2, 3], what it gives for x's own values, and how samples for integers are drawn. */
export interface RarerCase {
  readonly operator: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly constants: Tensors;
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly range?: readonly [number, number];
  readonly jumps?: boolean;
}

const entry = (
  operator: string,
  args: Readonly<Record<string, Value>>,
  shape: readonly number[],
  data: readonly number[],
  constants: Tensors = none,
  options: Pick<RarerCase, "range" | "jumps"> = {},
): RarerCase => ({ operator, args, constants, shape, data, ...options });

const own = [...x.data];
const each = (map: (v: number) => number): number[] => own.map(map);
const self = { self: "%x" };
const steep = { jumps: true } as const;
const c = { c: float([2, 3], 2, 4, 1, 3, 0.5, 1) };
const others = [2, 4, 1, 3, 0.5, 1];
const paired = (map: (v: number, w: number) => number): number[] => own.map((v, i) => map(v, others[i]));

const functions: readonly RarerCase[] = [
  entry(
    "deg2rad.default",
    self,
    [2, 3],
    each((v) => (v * Math.PI) / 180),
  ),
  entry(
    "rad2deg.default",
    self,
    [2, 3],
    each((v) => (v * 180) / Math.PI),
  ),
  entry(
    "rsub.Tensor",
    { ...self, other: "%c", alpha: 2 },
    [2, 3],
    paired((v, w) => w - 2 * v),
    c,
  ),
  entry(
    "float_power.Tensor_Scalar",
    { ...self, exponent: 2 },
    [2, 3],
    each((v) => v * v),
  ),
  entry(
    "float_power.Tensor_Tensor",
    { ...self, exponent: "%p" },
    [2, 3],
    each((v) => v ** 3),
    { p: float([1], 3) },
  ),
  entry(
    "float_power.Scalar",
    { self: 2, exponent: "%x" },
    [2, 3],
    each((v) => 2 ** v),
  ),
  entry("hypot.default", { ...self, other: "%c" }, [2, 3], paired(Math.hypot), c),
  entry("atan2.default", { ...self, other: "%c" }, [2, 3], paired(Math.atan2), c),
  entry(
    "atan2.default",
    { ...self, other: "%n" },
    [2, 3],
    each((v) => Math.atan2(v, -2)),
    { n: float([1], -2) },
    steep,
  ),
  entry(
    "xlogy.Tensor",
    { ...self, other: "%c" },
    [2, 3],
    paired((v, w) => v * Math.log(w)),
    c,
  ),
  entry(
    "xlogy.Scalar_Other",
    { ...self, other: 3 },
    [2, 3],
    each((v) => v * Math.log(3)),
  ),
  entry(
    "special_xlog1py.default",
    { ...self, other: "%c" },
    [2, 3],
    paired((v, w) => v * Math.log1p(w)),
    c,
  ),
  entry("sinc.default", self, [2, 3], [0, 0, 0, 0, 0, 0]),
  entry(
    "logaddexp2.default",
    { ...self, other: "%c" },
    [2, 3],
    paired((v, w) => Math.log2(2 ** v + 2 ** w)),
    c,
  ),
  entry("copysign.Tensor", { self: "%c", other: "%x" }, [2, 3], [2, -4, 1, -3, 0.5, -1], c, steep),
  entry(
    "copysign.Scalar",
    { ...self, other: -1 },
    [2, 3],
    each((v) => -Math.abs(v)),
  ),
  entry(
    "heaviside.default",
    { ...self, values: "%h" },
    [2, 3],
    [1, 0, 1, 0, 1, 0],
    { h: float([1], 0.5) },
    steep,
  ),
  entry("round.decimals", { ...self, decimals: -1 }, [2, 3], [0, 0, 0, 0, 0, -10], none, {
    range: [-40, 40],
    jumps: true,
  }),
  entry(
    "ldexp.Tensor",
    { ...self, other: "%e" },
    [2, 3],
    each((v) => 4 * v),
    { e: int([1], 2) },
  ),
  entry(
    "rrelu.default",
    self,
    [2, 3],
    each((v) => (v > 0 ? v : (v * 11) / 48)),
  ),
  entry(
    "log_sigmoid_forward.default",
    self,
    [2, 3],
    each((v) => -Math.log1p(Math.exp(-v))),
  ),
  entry("clamp_min.Tensor", { ...self, min: "%c" }, [2, 3], paired(Math.max), c),
  entry("clamp_max.Tensor", { ...self, max: "%c" }, [2, 3], paired(Math.min), c),
  entry(
    "bucketize.Tensor",
    { ...self, boundaries: "%b" },
    [2, 3],
    [2, 1, 3, 0, 3, 0],
    { b: float([3], -3, 0.5, 2) },
    steep,
  ),
  entry(
    "searchsorted.Tensor",
    { ...self, sorted_sequence: "%b", right: true },
    [2, 3],
    [2, 1, 2, 0, 3, 0],
    { b: float([3], -3, 0.5, 4) },
    steep,
  ),
];

const reductions: readonly RarerCase[] = [
  entry("var_mean.correction", { ...self, dim: [1] }, [2], [19 / 3, 103 / 3]),
  entry("var_mean.dim", { ...self, dim: [1], unbiased: false }, [2], [38 / 9, 206 / 9]),
  entry("var_mean.default", { ...self, unbiased: false }, [], [91 / 6 - 0.25]),
  entry("std_mean.correction", { ...self, dim: [1] }, [2], [Math.sqrt(19 / 3), Math.sqrt(103 / 3)]),
  entry("std_mean.dim", { ...self, dim: [1], unbiased: true }, [2], [Math.sqrt(19 / 3), Math.sqrt(103 / 3)]),
  entry("std_mean.default", { ...self, unbiased: false }, [], [Math.sqrt(91 / 6 - 0.25)]),
  entry("cumprod.default", { ...self, dim: 1 }, [2, 3], [1, -2, -6, -4, -20, 120]),
  entry(
    "logcumsumexp.default",
    { ...self, dim: 0 },
    [2, 3],
    [1, -2, 3, ...[0, 1, 2].map((i) => Math.log(Math.exp(own[i]) + Math.exp(own[i + 3])))],
  ),
  entry("cummax.default", { ...self, dim: 1 }, [2, 3], [1, 1, 3, -4, 5, 5]),
  entry("cummin.default", { ...self, dim: 1 }, [2, 3], [1, -2, -2, -4, -4, -6]),
  entry("quantile.scalar", { ...self, q: { float: 0.25 }, dim: 1 }, [2], [-0.5, -5]),
  entry(
    "quantile.scalar",
    { ...self, q: { float: 0.5 }, dim: 1, keepdim: true, interpolation: "lower" },
    [2, 1],
    [1, -4],
  ),
  entry("quantile.default", { ...self, q: "%q", dim: 1 }, [2, 2], [-2, -6, 2, 0.5], {
    q: float([2], 0, 0.75),
  }),
  entry("trapezoid.dx", { y: "%x", dx: 2 }, [2], [0, 0]),
  entry("trapezoid.x", { y: "%x", x: "%s" }, [2], [-0.5 + 1, 0.5 - 1], { s: float([3], 0, 1, 3) }),
  entry("norm.Scalar", { ...self, p: 2 }, [], [Math.sqrt(91)]),
  entry("linalg_norm.default", { ...self, dim: [1] }, [2], [Math.sqrt(14), Math.sqrt(77)]),
  entry("frobenius_norm.dim", { ...self, dim: [0, 1] }, [], [Math.sqrt(91)]),
  entry(
    "dist.default",
    { ...self, other: "%c", p: 1 },
    [],
    [paired((v, w) => Math.abs(v - w)).reduce((a, b) => a + b)],
    c,
  ),
  entry("nansum.default", self, [], [-3]),
  entry("nanmean.default", { ...self, dim: [1] }, [2], [2 / 3, -5 / 3]),
  entry("count_nonzero.dim_IntList", { ...self, dim: [1] }, [2], [3, 3], none, steep),
];

const joins: readonly RarerCase[] = [
  entry("ravel.default", self, [6], own),
  entry("atleast_1d.default", self, [2, 3], own),
  entry("atleast_2d.default", self, [2, 3], own),
  entry("atleast_3d.default", self, [2, 3, 1], own),
  entry("atleast_1d.Sequence", { tensors: ["%x"] }, [2, 3], own),
  entry("atleast_2d.Sequence", { tensors: ["%x"] }, [2, 3], own),
  entry("atleast_3d.Sequence", { tensors: ["%x"] }, [2, 3, 1], own),
  entry("hstack.default", { tensors: ["%x", "%x"] }, [2, 6], [1, -2, 3, 1, -2, 3, -4, 5, -6, -4, 5, -6]),
  entry("vstack.default", { tensors: ["%x", "%r"] }, [3, 3], [...own, 7, 8, 9], { r: float([3], 7, 8, 9) }),
  entry(
    "dstack.default",
    { tensors: ["%x", "%x"] },
    [2, 3, 2],
    own.flatMap((v) => [v, v]),
  ),
  entry("column_stack.default", { tensors: ["%x", "%r"] }, [2, 4], [1, -2, 3, 7, -4, 5, -6, 8], {
    r: float([2], 7, 8),
  }),
  entry("tensor_split.sections", { ...self, sections: 2, dim: 1 }, [2, 2], [1, -2, -4, 5]),
  entry("tensor_split.indices", { ...self, indices: [1], dim: 1 }, [2, 1], [1, -4]),
  entry("hsplit.int", { ...self, sections: 3 }, [2, 1], [1, -4]),
  entry("hsplit.array", { ...self, indices: [2] }, [2, 2], [1, -2, -4, 5]),
  entry("vsplit.int", { ...self, sections: 2 }, [1, 3], [1, -2, 3]),
  entry("vsplit.array", { ...self, indices: [1] }, [1, 3], [1, -2, 3]),
  entry("fliplr.default", self, [2, 3], [3, -2, 1, -6, 5, -4]),
  entry("flipud.default", self, [2, 3], [-4, 5, -6, 1, -2, 3]),
  entry("rot90.default", self, [3, 2], [3, -6, -2, 5, 1, -4]),
  entry("rot90.default", { ...self, k: -1, dims: [0, 1] }, [3, 2], [-4, 1, 5, -2, -6, 3]),
  entry(
    "block_diag.default",
    { tensors: ["%x", "%r"] },
    [3, 5],
    [1, -2, 3, 0, 0, -4, 5, -6, 0, 0, 0, 0, 0, 7, 8],
    {
      r: float([1, 2], 7, 8),
    },
  ),
  entry("diagonal_scatter.default", { ...self, src: "%r", offset: 1 }, [2, 3], [1, 7, 3, -4, 5, 8], {
    r: float([2], 7, 8),
  }),
  entry("repeat_interleave.self_Tensor", { ...self, repeats: "%n", dim: 1 }, [2, 3], [1, 3, 3, -4, -6, -6], {
    n: int([3], 1, 0, 2),
  }),
  entry(
    "index_reduce.default",
    { ...self, dim: 1, index: "%i", source: "%s", reduce: "prod" },
    [2, 3],
    [2, -2, 3, -12, 5, -6],
    { i: int([1], 0), s: float([2, 1], 2, 3) },
  ),
];

const products: readonly RarerCase[] = [
  entry("addr.default", { ...self, vec1: "%u", vec2: "%v", alpha: 2 }, [2, 3], [3, 2, 9, 0, 13, 6], {
    u: float([2], 1, 2),
    v: float([3], 1, 2, 3),
  }),
  entry("chain_matmul.default", { matrices: ["%x", "%m", "%n"] }, [2, 1], [4, -10], {
    m: float([3, 1], 1, 0, 1),
    n: float([1, 1], 1),
  }),
  entry("linalg_multi_dot.default", { tensors: ["%x", "%m"] }, [2, 1], [4, -10], {
    m: float([3, 1], 1, 0, 1),
  }),
  entry("linalg_vecdot.default", { x: "%x", y: "%c" }, [2], [-3, -15.5], c),
  entry("cross.default", { ...self, other: "%c" }, [2, 3], [-14, 5, 8, 8, -14, -17], c),
  entry("linalg_cross.default", { ...self, other: "%c" }, [2, 3], [-14, 5, 8, 8, -14, -17], c),
];

export const rarerCases: readonly RarerCase[] = [...functions, ...reductions, ...joins, ...products];
