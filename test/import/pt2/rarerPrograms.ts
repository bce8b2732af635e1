import { x } from "./atenValues.js";
import { bool, float, type Node, type Tensors } from "./program.js";

/** Programs of several nodes: inputs of other shapes, second results, constants that operators make. */
export const rarerPrograms: readonly {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly x: ReturnType<typeof float>;
  readonly constants?: Tensors;
  readonly data: readonly number[];
  readonly range?: readonly [number, number];
  readonly jumps?: boolean;
}[] = [
  {
    name: "places of running maxima",
    nodes: [["cummax.default", { self: "%x", dim: 1 }, ["v", "y"]]],
    x,
    data: [0, 0, 2, 0, 1, 1],
    jumps: true,
  },
  {
    name: "meshgrid",
    nodes: [["meshgrid.indexing", { tensors: ["%x", "%c"], indexing: "xy" }]],
    x: float([2], 1, 2),
    constants: { c: float([3], 5, 6, 7) },
    data: [1, 2, 1, 2, 1, 2],
  },
  {
    name: "meshgrid of rows",
    nodes: [["meshgrid.default", { tensors: ["%x", "%c"] }]],
    x: float([2], 1, 2),
    constants: { c: float([2], 5, 6) },
    data: [1, 1, 2, 2],
  },
  {
    name: "cartesian_prod",
    nodes: [["cartesian_prod.default", { tensors: ["%x", "%c"] }]],
    x: float([2], 1, 2),
    constants: { c: float([2], 5, 6) },
    data: [1, 5, 1, 6, 2, 5, 2, 6],
  },
  {
    name: "combinations",
    nodes: [["combinations.default", { self: "%x" }]],
    x: float([3], 1, 2, 3),
    data: [1, 2, 1, 3, 2, 3],
  },
  {
    name: "diagflat",
    nodes: [["diagflat.default", { self: "%x", offset: 1 }]],
    x: float([2], 1, 2),
    data: [0, 1, 0, 0, 0, 2, 0, 0, 0],
  },
  {
    name: "dsplit",
    nodes: [["dsplit.int", { self: "%x", sections: 2 }]],
    x: float([1, 1, 2], 1, 2),
    data: [1],
  },
  {
    name: "dsplit at places",
    nodes: [["dsplit.array", { self: "%x", indices: [1] }, ["a", "y"]]],
    x: float([1, 1, 3], 1, 2, 3),
    data: [2, 3],
  },
  {
    name: "addbmm",
    nodes: [["addbmm.default", { self: "%c", batch1: "%x", batch2: "%m" }]],
    x: float([2, 1, 1], 2, 3),
    constants: { c: float([1, 1], 10), m: float([2, 1, 1], 4, 5) },
    data: [33],
  },
  {
    name: "det",
    nodes: [["linalg_det.default", { A: "%x" }]],
    x: float([3, 3], 2, 0, 1, 1, 3, 2, 0, 1, 1),
    data: [3],
  },
  {
    name: "matrix power",
    nodes: [["linalg_matrix_power.default", { self: "%x", n: 3 }]],
    x: float([2, 2], 1, 1, 0, 2),
    data: [1, 7, 0, 8],
  },
  {
    name: "_convolution",
    nodes: [
      [
        "_convolution.default",
        {
          input: "%x",
          weight: "%w",
          bias: null,
          stride: [1],
          padding: [0],
          dilation: [1],
          transposed: false,
          output_padding: [0],
          groups: 1,
        },
      ],
    ],
    x: float([1, 1, 3], 1, 2, 4),
    constants: { w: float([1, 1, 2], 1, -1) },
    data: [-1, -2],
  },
  {
    name: "grid_sampler_3d",
    nodes: [
      [
        "grid_sampler_3d.default",
        { input: "%x", grid: "%g", interpolation_mode: 0, padding_mode: 0, align_corners: true },
      ],
    ],
    x: float([1, 1, 1, 1, 3], 1, 2, 4),
    constants: { g: float([1, 1, 1, 2, 3], 0.5, 0, 0, -1, 0, 0) },
    data: [3, 1],
  },
  {
    name: "affine_grid",
    nodes: [["affine_grid_generator.default", { theta: "%x", size: [1, 1, 1, 2], align_corners: true }]],
    x: float([1, 2, 3], 1, 0, 0, 0, 1, 0.5),
    data: [-1, 0.5, 1, 0.5],
  },
  ...[
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_flash_attention",
    "_scaled_dot_product_efficient_attention",
  ].map((name) => ({
    name,
    nodes: [[`${name}.default`, { query: "%x", key: "%x", value: "%v", is_causal: true }]] as const,
    x: float([1, 1, 2, 1], 1, 1),
    constants: { v: float([1, 1, 2, 1], 3, 5) },
    data: [3, 4],
  })),
  ...["linear", "cubic"].flatMap((mode) =>
    ["default", "vec"].map((form) => ({
      name: `antialiased ${mode} ${form}`,
      nodes: [
        [
          `_upsample_bi${mode}2d_aa.${form}`,
          { [form === "vec" ? "input" : "self"]: "%x", output_size: [1, 2], align_corners: false },
        ],
      ] as const,
      x: float([1, 1, 1, 4], 1, 1, 1, 1),
      data: [1, 1],
    })),
  ),
  {
    name: "antialiased bilinear",
    nodes: [["_upsample_bilinear2d_aa.default", { self: "%x", output_size: [1, 2], align_corners: false }]],
    x: float([1, 1, 1, 4], 7, 0, 0, 0),
    data: [3, 0],
  },
  {
    name: "all.dims",
    nodes: [
      ["gt.Scalar", { self: "%x", other: 0 }, ["m"]],
      ["all.dims", { self: "%m", dim: [0] }],
    ],
    x: float([2, 2], 1, -1, 2, 3),
    data: [1, 0],
    jumps: true,
  },
  {
    name: "isin",
    nodes: [
      ["sign.default", { self: "%x" }, ["s"]],
      ["isin.Tensor_Tensor", { elements: "%s", test_elements: "%c", invert: true }],
    ],
    x: float([3], -2, 2, 3),
    constants: { c: float([2], 1, 7) },
    data: [1, 0, 0],
    jumps: true,
  },
  {
    name: "bitwise_xor",
    nodes: [
      ["gt.Scalar", { self: "%x", other: 0 }, ["m"]],
      ["bitwise_xor.Tensor", { self: "%m", other: "%c" }],
    ],
    x: float([2], 1, -1),
    constants: { c: bool([2], 1, 1) },
    data: [0, 1],
    jumps: true,
  },
  {
    name: "bitwise_xor of a number",
    nodes: [
      ["gt.Scalar", { self: "%x", other: 0 }, ["m"]],
      ["bitwise_xor.Scalar", { self: "%m", other: true }],
    ],
    x: float([2], 1, -1),
    data: [0, 1],
    jumps: true,
  },
  ...["signbit.default", "isposinf.default", "isneginf.default"].map((name, i) => ({
    name,
    nodes: [
      [name, { self: "%x" }, ["q"]],
      ["where.ScalarOther", { condition: "%q", self: "%x", other: 0.5 }],
    ] as const,
    x: float([2], 1, -1),
    data: i === 0 ? [0.5, -1] : [0.5, 0.5],
    jumps: true,
  })),
  {
    name: "special_entr",
    nodes: [["special_entr.default", { self: "%x" }]],
    x: float([2], 0.5, 1),
    data: [-0.5 * Math.log(0.5), 0],
    range: [0.2, 1],
  },
  {
    name: "lgamma",
    nodes: [["lgamma.default", { self: "%x" }]],
    x: float([3], 1, 5, 0.5),
    data: [0, Math.log(24), Math.log(Math.PI) / 2],
    range: [0.5, 4],
  },
  {
    name: "erfinv",
    nodes: [["erfinv.default", { self: "%x" }]],
    x: float([2], 0, 0.8427007929497149),
    data: [0, 1],
    range: [-0.8, 0.8],
  },
  ...(
    [
      ["logspace.default", { start: 0, end: 2, steps: 3 }, [1, 10, 100]],
      ["tril_indices.default", { row: 2, col: 2 }, [0, 1, 1, 0, 0, 1]],
      ["triu_indices.default", { row: 2, col: 2 }, [0, 0, 1, 0, 1, 1]],
      ["hann_window.default", { window_length: 4 }, [0, 0.5, 1, 0.5]],
      ["hann_window.periodic", { window_length: 3, periodic: false }, [0, 1, 0]],
      ["hamming_window.default", { window_length: 4 }, [0.08, 0.54, 1, 0.54]],
      ["hamming_window.periodic", { window_length: 3, periodic: false }, [0.08, 1, 0.08]],
      ["blackman_window.default", { window_length: 4 }, [0, 0.34, 1, 0.34]],
      ["blackman_window.periodic", { window_length: 3, periodic: false }, [0, 1, 0]],
      ["empty_strided.default", { size: [2], stride: [1] }, [0, 0]],
    ] as const
  ).map(([name, args, data]) => ({
    name,
    nodes: [
      [name, args, ["c"]],
      ["add.Tensor", { self: "%x", other: "%c" }],
    ] as const,
    x: float([1], 0),
    data,
  })),
  {
    name: "new_empty_strided",
    nodes: [
      ["new_empty_strided.default", { self: "%x", size: [2], stride: [1] }, ["c"]],
      ["add.Tensor", { self: "%x", other: "%c" }],
    ],
    x: float([1], 3),
    data: [3, 3],
  },
  ...[1, 2, 3].map((axes) => ({
    name: `places of ${axes}-dimensional maxima`,
    nodes: [
      [
        `max_pool${axes}d_with_indices.default`,
        { self: "%x", kernel_size: 2, stride: 1, padding: 1, dilation: 1, ceil_mode: false },
        ["v", "y"],
      ],
    ] as const,
    x: float([1, 1, ...new Array<number>(axes - 1).fill(1), 3], 1, 5, 2),
    data:
      axes === 1
        ? [0, 1, 1, 2]
        : axes === 2
          ? [0, 1, 1, 2, 0, 1, 1, 2]
          : [0, 1, 1, 2, 0, 1, 1, 2, 0, 1, 1, 2, 0, 1, 1, 2],
    jumps: true,
  })),
  {
    name: "another name",
    nodes: [
      ["absolute.default", { self: "%x" }, ["a"]],
      ["subtract.Tensor", { self: "%a", other: 1 }],
    ],
    x: float([2], -3, 2),
    data: [2, 1],
  },
  {
    name: "a view of another name",
    nodes: [
      ["moveaxis.int", { self: "%x", source: 0, destination: 1 }, ["v"]],
      ["add_.Tensor", { self: "%v", other: 1 }, ["w"]],
      ["mul.Tensor", { self: "%x", other: 2 }],
    ],
    x: float([1, 2], 1, 2),
    data: [4, 6],
  },
];
