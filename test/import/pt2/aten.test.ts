import { expect } from "chai";
import { lowerPt2 } from "../../../src/import/pt2/lowerPt2.js";
import { furtherCases, none, x, y, type Case } from "./atenValues.js";
import { rarerPrograms } from "./rarerPrograms.js";
import { rarerCases } from "./rarerValues.js";
import { bool, float, int, programOf, run, type Node, type Value } from "./program.js";
import { expectNear } from "../../helpers/near.js";

/** Expected values follow from PyTorch's documentation of each operator, worked out by hand. */
const cases: readonly Case[] = [
  ...furtherCases,
  ...rarerCases.map(({ operator, args, constants, shape, data }): Case => [
    operator,
    args,
    constants,
    shape,
    data,
  ]),
  ["rsub.Scalar", { self: "%x", other: 1 }, none, [2, 3], [0, 3, -2, 5, -4, 7]],
  ["add.Tensor", { self: "%x", other: "%c", alpha: 2 }, { c: y }, [2, 3], [5, 6, 1, 2, 6, -4]],
  ["sub.Tensor", { self: "%x", other: "%c" }, { c: y }, [2, 3], [-1, -6, 4, -7, 4.5, -7]],
  ["div.Tensor_mode", { self: "%x", other: 2, rounding_mode: "floor" }, none, [2, 3], [0, -1, 1, -2, 2, -3]],
  ["div.Tensor_mode", { self: "%x", other: 4, rounding_mode: "trunc" }, none, [2, 3], [0, 0, 0, -1, 1, -1]],
  ["remainder.Scalar", { self: "%x", other: 4 }, none, [2, 3], [1, 2, 3, 0, 1, 2]],
  ["fmod.Scalar", { self: "%x", other: 4 }, none, [2, 3], [1, -2, 3, 0, 1, -2]],
  ["pow.Tensor_Scalar", { self: "%x", exponent: 2 }, none, [2, 3], [1, 4, 9, 16, 25, 36]],
  ["pow.Scalar", { self: 2, exponent: "%x" }, none, [2, 3], [2, 0.25, 8, 0.0625, 32, 0.015625]],
  [
    "addcmul.default",
    { self: "%x", tensor1: "%c", tensor2: "%c", value: 2 },
    { c: y },
    [2, 3],
    [9, 30, 5, 14, 5.5, -4],
  ],
  ["lerp.Scalar", { self: "%x", end: "%c", weight: 0.5 }, { c: y }, [2, 3], [1.5, 1, 1, -0.5, 2.75, -2.5]],
  ["clamp.default", { self: "%x", min: -3, max: 2 }, none, [2, 3], [1, -2, 2, -3, 2, -3]],
  ["clamp_min.default", { self: "%x", min: 0 }, none, [2, 3], [1, 0, 3, 0, 5, 0]],
  ["hardtanh.default", { self: "%x" }, none, [2, 3], [1, -1, 1, -1, 1, -1]],
  ["relu6.default", { self: "%x" }, none, [2, 3], [1, 0, 3, 0, 5, 0]],
  ["leaky_relu.default", { self: "%x", negative_slope: 0.5 }, none, [2, 3], [1, -1, 3, -2, 5, -3]],
  [
    "prelu.default",
    { self: "%x", weight: "%c" },
    { c: float([3], 1, 0.5, 2) },
    [2, 3],
    [1, -1, 3, -4, 5, -12],
  ],
  ["hardsigmoid.default", { self: "%x" }, none, [2, 3], [4 / 6, 1 / 6, 1, 0, 1, 0]],
  ["hardswish.default", { self: "%x" }, none, [2, 3], [4 / 6, -2 / 6, 3, 0, 5, 0]],
  [
    "softplus.default",
    { self: "%x" },
    none,
    [2, 3],
    [1, -2, 3, -4, 5, -6].map((v) => Math.log(1 + Math.exp(v))),
  ],
  [
    "log_sigmoid.default",
    { self: "%x" },
    none,
    [2, 3],
    [1, -2, 3, -4, 5, -6].map((v) => -Math.log(1 + Math.exp(-v))),
  ],
  [
    "celu.default",
    { self: "%x", alpha: 2 },
    none,
    [2, 3],
    [1, 2 * Math.expm1(-1), 3, 2 * Math.expm1(-2), 5, 2 * Math.expm1(-3)],
  ],
  ["maximum.default", { self: "%x", other: "%c" }, { c: y }, [2, 3], [2, 4, 3, 3, 5, 1]],
  [
    "where.self",
    { condition: "%m", self: "%x", other: "%c" },
    { c: y, m: bool([3], 1, 0, 1) },
    [2, 3],
    [1, 4, 3, -4, 0.5, -6],
  ],
  [
    "masked_fill.Scalar",
    { self: "%x", mask: "%m", value: 7 },
    { m: bool([3], 1, 0, 0) },
    [2, 3],
    [7, -2, 3, 7, 5, -6],
  ],
  ["mean.dim", { self: "%x", dim: [-1], keepdim: true }, none, [2, 1], [2 / 3, -5 / 3]],
  ["sum.default", { self: "%x" }, none, [], [-3]],
  ["amax.default", { self: "%x", dim: [0] }, none, [3], [1, 5, 3]],
  ["argmin.default", { self: "%x", dim: 1 }, none, [2], [1, 2]],
  ["argmax.default", { self: "%x" }, none, [], [4]],
  ["var.correction", { self: "%x", dim: [1] }, none, [2], [19 / 3, 103 / 3]],
  ["var.correction", { self: "%x", dim: [1], correction: 0 }, none, [2], [38 / 9, 206 / 9]],
  ["cumsum.default", { self: "%x", dim: 1 }, none, [2, 3], [1, -1, 2, -4, 1, -5]],
  ["linalg_vector_norm.default", { self: "%x", ord: 2, dim: [1] }, none, [2], [Math.sqrt(14), Math.sqrt(77)]],
  ["sort.default", { self: "%x", dim: 1 }, none, [2, 3], [-2, 1, 3, -6, -4, 5]],
  [
    "linear.default",
    { input: "%x", weight: "%c", bias: "%d" },
    { c: float([1, 3], 1, 2, 3), d: float([1], 10) },
    [2, 1],
    [16, -2 + 0],
  ],
  [
    "addmm.default",
    { self: "%d", mat1: "%x", mat2: "%c", beta: 2 },
    { c: float([3, 1], 1, 2, 3), d: float([1], 10) },
    [2, 1],
    [26, 8],
  ],
  [
    "einsum.default",
    { equation: "ij,kj->ik", tensors: ["%x", "%c"] },
    { c: float([1, 3], 1, 2, 3) },
    [2, 1],
    [6, -12],
  ],
  ["mv.default", { self: "%x", vec: "%c" }, { c: float([3], 1, 2, 3) }, [2], [6, -12]],
  ["reshape.default", { self: "%x", shape: [3, -1] }, none, [3, 2], [1, -2, 3, -4, 5, -6]],
  ["permute.default", { self: "%x", dims: [1, 0] }, none, [3, 2], [1, -4, -2, 5, 3, -6]],
  ["select.int", { self: "%x", dim: -1, index: -1 }, none, [2], [3, -6]],
  ["slice.Tensor", { self: "%x", dim: 1, start: 1, end: 9223372036854775807 }, none, [2, 2], [-2, 3, 5, -6]],
  ["slice.Tensor", { self: "%x", dim: 1, step: 2 }, none, [2, 2], [1, 3, -4, -6]],
  ["narrow.default", { self: "%x", dim: 1, start: 1, length: 1 }, none, [2, 1], [-2, 5]],
  ["flip.default", { self: "%x", dims: [0, 1] }, none, [2, 3], [-6, 5, -4, 3, -2, 1]],
  ["roll.default", { self: "%x", shifts: [1], dims: [1] }, none, [2, 3], [3, 1, -2, -6, -4, 5]],
  ["roll.default", { self: "%x", shifts: [1] }, none, [2, 3], [-6, 1, -2, 3, -4, 5]],
  [
    "repeat.default",
    { self: "%x", repeats: [1, 2] },
    none,
    [2, 6],
    [1, -2, 3, 1, -2, 3, -4, 5, -6, -4, 5, -6],
  ],
  [
    "repeat_interleave.self_int",
    { self: "%x", repeats: 2, dim: 0 },
    none,
    [4, 3],
    [1, -2, 3, 1, -2, 3, -4, 5, -6, -4, 5, -6],
  ],
  [
    "stack.default",
    { tensors: ["%x", "%x"], dim: 1 },
    none,
    [2, 2, 3],
    [1, -2, 3, 1, -2, 3, -4, 5, -6, -4, 5, -6],
  ],
  [
    "cat.default",
    { tensors: ["%x", "%c"], dim: -1 },
    { c: float([2, 1], 7, 8) },
    [2, 4],
    [1, -2, 3, 7, -4, 5, -6, 8],
  ],
  ["constant_pad_nd.default", { self: "%x", pad: [1, -1], value: 9 }, none, [2, 3], [9, 1, -2, 9, -4, 5]],
  [
    "pad.default",
    { self: "%x", pad: [1, 1], mode: "reflect" },
    none,
    [2, 5],
    [-2, 1, -2, 3, -2, 5, -4, 5, -6, 5],
  ],
  ["reflection_pad1d.default", { self: "%x", padding: [1, 0] }, none, [2, 4], [-2, 1, -2, 3, 5, -4, 5, -6]],
  [
    "replication_pad1d.default",
    { self: "%x", padding: [0, 2] },
    none,
    [2, 5],
    [1, -2, 3, 3, 3, -4, 5, -6, -6, -6],
  ],
  ["swapaxes.default", { self: "%x", axis0: 0, axis1: 1 }, none, [3, 2], [1, -4, -2, 5, 3, -6]],
  ["numpy_T.default", { self: "%x" }, none, [3, 2], [1, -4, -2, 5, 3, -6]],
  [
    "glu.default",
    { self: "%x", dim: 0 },
    none,
    [1, 3],
    [1 / (1 + Math.exp(4)), -2 / (1 + Math.exp(-5)), 3 / (1 + Math.exp(6))],
  ],
  [
    "_fused_rms_norm.default",
    { input: "%x", normalized_shape: [3], weight: null, eps: 0.5 },
    none,
    [2, 3],
    [1, -2, 3]
      .map((v) => v / Math.sqrt(14 / 3 + 0.5))
      .concat([-4, 5, -6].map((v) => v / Math.sqrt(77 / 3 + 0.5))),
  ],
  ["index.Tensor", { self: "%x", indices: [null, "%i"] }, { i: int([2], 2, -3) }, [2, 2], [3, 1, -6, -4]],
  [
    "index.Tensor",
    { self: "%x", indices: ["%i", "%j"] },
    { i: int([2], 0, 1), j: int([2], 2, 0) },
    [2],
    [3, -4],
  ],
  ["index.Tensor", { self: "%x", indices: [null, "%m"] }, { m: bool([3], 1, 0, 1) }, [2, 2], [1, 3, -4, -6]],
  [
    "index_select.default",
    { self: "%x", dim: 1, index: "%i" },
    { i: int([2], 2, 0) },
    [2, 2],
    [3, 1, -6, -4],
  ],
  ["gather.default", { self: "%x", dim: 1, index: "%i" }, { i: int([2, 1], 2, 0) }, [2, 1], [3, -4]],
  [
    "embedding.default",
    { weight: "%x", indices: "%i" },
    { i: int([3], 1, 0, 1) },
    [3, 3],
    [-4, 5, -6, 1, -2, 3, -4, 5, -6],
  ],
  [
    "index_put.default",
    { self: "%x", indices: [null, "%i"], values: "%c" },
    { i: int([1], 1), c: float([1], 9) },
    [2, 3],
    [1, 9, 3, -4, 9, -6],
  ],
  [
    "scatter.value",
    { self: "%x", dim: 1, index: "%i", value: 9 },
    { i: int([2, 1], 0, 2) },
    [2, 3],
    [9, -2, 3, -4, 5, 9],
  ],
  [
    "select_scatter.default",
    { self: "%x", src: "%c", dim: 0, index: 1 },
    { c: float([3], 7, 8, 9) },
    [2, 3],
    [1, -2, 3, 7, 8, 9],
  ],
  [
    "slice_scatter.default",
    { self: "%x", src: "%c", dim: 1, start: 1 },
    { c: float([2, 2], 6, 7, 8, 9) },
    [2, 3],
    [1, 6, 7, -4, 8, 9],
  ],
  ["triu.default", { self: "%x", diagonal: 1 }, none, [2, 3], [0, -2, 3, 0, 0, -6]],
  ["tril.default", { self: "%x" }, none, [2, 3], [1, 0, 0, -4, 5, 0]],
  ["diagonal.default", { self: "%x", offset: 1 }, none, [2], [-2, -6]],
  ["diff.default", { self: "%x" }, none, [2, 2], [-3, 5, 9, -11]],
  ["fill.Scalar", { self: "%x", value: 3 }, none, [2, 3], [3, 3, 3, 3, 3, 3]],
  ["any.dim", { self: "%x", dim: 0 }, none, [3], [1, 1, 1]],
  [
    "softmax.int",
    { self: "%x", dim: 0 },
    none,
    [2, 3],
    [1, -2, 3, -4, 5, -6].map((v, i, all) => 1 / (1 + Math.exp(all[(i + 3) % 6] - v))),
  ],
  [
    "native_layer_norm.default",
    { input: "%x", normalized_shape: [3], weight: null, bias: null, eps: 0.0 },
    none,
    [2, 3],
    normalized([1, -2, 3], [-4, 5, -6]),
  ],
  [
    "rms_norm.default",
    { input: "%x", normalized_shape: [3], eps: 1 },
    none,
    [2, 3],
    [1, -2, 3]
      .map((v) => v / Math.sqrt(14 / 3 + 1))
      .concat([-4, 5, -6].map((v) => v / Math.sqrt(77 / 3 + 1))),
  ],
];

function normalized(...rows: number[][]): number[] {
  return rows.flatMap((row) => {
    const mean = row.reduce((a, v) => a + v) / row.length;
    const variance = row.reduce((a, v) => a + (v - mean) ** 2, 0) / row.length;
    return row.map((v) => (v - mean) / Math.sqrt(variance));
  });
}

describe("ATen operators", () => {
  for (const [operator, args, constants, shape, data] of cases) {
    it(`${operator} ${JSON.stringify(args)}`, () => {
      // One more node, so that results which are constant or the input itself pass too.
      const nodes: Node[] = [
        [operator, args, ["r"]],
        ["sum.default", { self: "%x" }, ["s"]],
        ["sub.Tensor", { self: "%s", other: "%s" }, ["zero"]],
        ["add.Tensor", { self: "%r", other: "%zero" }],
      ];
      const result = run(nodes, { x }, constants);
      expect(result.shape).to.deep.equal(shape);
      // Fractions among the arguments are those of float32.
      result.data.forEach((value, i) => expectNear(value, data[i], 1e-7, `element ${i}`));
    });
  }

  for (const { name, nodes, x: given, constants = none, data } of rarerPrograms) {
    it(name, () => {
      const result = [...run(nodes, { x: given }, constants).data];
      expect(result).to.have.length(data.length);
      result.forEach((value, i) => expectNear(value, data[i], 1e-9, `element ${i}`));
    });
  }

  it("lays windows out like im2col, and col2im adds them up again", () => {
    const window = { kernel_size: [2, 2], dilation: [1, 1], padding: [0, 1], stride: [1, 2] };
    const columns: Node = ["im2col.default", { self: "%x", ...window }, ["c"]];
    const image = { x: float([1, 1, 2, 3], 1, 2, 3, 4, 5, 6) };
    const c = run([columns, ["neg.default", { self: "%c" }]], image);
    expect(c.shape).to.deep.equal([1, 4, 2]);
    expect([...c.data].map((value) => 0 - value)).to.deep.equal([0, 2, 1, 3, 0, 5, 4, 6]);
    const back: Node = ["col2im.default", { self: "%c", output_size: [2, 3], ...window }];
    expect([...run([columns, back], image).data]).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it("picks the nearest exactly", () => {
    const size = { input: "%x", output_size: [3], scale_factors: null };
    const result = run([["_upsample_nearest_exact1d.vec", size]], { x: float([1, 1, 5], 1, 2, 3, 4, 5) });
    expect([...result.data]).to.deep.equal([1, 3, 5]);
  });

  it("pools unevenly like adaptive_avg_pool1d", () => {
    const result = run([["adaptive_avg_pool1d.default", { self: "%x", output_size: [2] }]], {
      x: float([1, 1, 5], 1, 2, 3, 4, 5),
    });
    result.data.forEach((value, i) => expectNear(value, [2, 4][i], 1e-12));
  });

  it("normalizes by the batch's own statistics only for one sample", () => {
    const args = { input: "%x", weight: null, bias: null, training: true, momentum: 0.1, eps: 0.5 };
    const nodes: Node[] = [["_native_batch_norm_legit.no_stats", args]];
    const result = run(nodes, { x: float([1, 2, 2], 1, 3, 5, 9) });
    const expected = [-1 / Math.sqrt(1.5), 1 / Math.sqrt(1.5), -2 / Math.sqrt(4.5), 2 / Math.sqrt(4.5)];
    result.data.forEach((value, i) => expectNear(value, expected[i], 1e-12));
    expect(() => run(nodes, { x: float([2, 1, 2], 1, 3, 5, 9) })).to.throw(/call model\.eval\(\)/);
  });

  it("attends with a causal mask", () => {
    const q = float([1, 1, 2, 1], 1, 1);
    const nodes: Node[] = [
      ["scaled_dot_product_attention.default", { query: "%q", key: "%q", value: "%v", is_causal: true }],
    ];
    const result = run(nodes, { q, v: float([1, 1, 2, 1], 3, 5) });
    expect([...result.data]).to.deep.equal([3, 4]);
  });

  it("computes with sizes", () => {
    const nodes: Node[] = [
      ["sym_size.int", { self: "%x", dim: 1 }, ["#n"]],
      ["_operator.floordiv", { a: "#n", b: 3 }, ["#m"]],
      ["reshape.default", { self: "%x", shape: ["#m", -1] }],
    ];
    expect(run(nodes, { x }).shape).to.deep.equal([1, 6]);
  });

  it("takes an open batch axis as 1, and says so", () => {
    const program = programOf([["relu.default", { self: "%x" }]], { x: float([1, 2], 1, 2) }, {}, 0);
    const { graph, notices } = lowerPt2(program, "model.pt2");
    expect(graph!.inputs[0].shape).to.deep.equal([1, 2]);
    expect(notices.join()).to.match(/batch axis "s0" of input "x"/);
  });

  it("takes another open axis as the export's example had it, and says so", () => {
    const program = programOf([["relu.default", { self: "%x" }]], { x: float([1, 2], 1, 2) }, {}, 1);
    const { graph, notices } = lowerPt2(program, "model.pt2");
    expect(graph!.inputs[0].shape).to.deep.equal([1, 2]);
    expect(notices.join()).to.match(/Axis 1 of input "x" is open; the circuit takes 2, as in the export's/);
  });

  it("takes the size that is chosen for an open axis", () => {
    const program = programOf([["relu.default", { self: "%x" }]], { x: float([1, 2], 1, 2) }, {}, 1);
    const { graph, notices } = lowerPt2(program, "model.pt2", { s0: 5 });
    expect(graph!.inputs[0].shape).to.deep.equal([1, 5]);
    expect(notices.join()).to.match(/takes 5, as chosen/);
    expect(() => lowerPt2(program, "model.pt2", { s1: 5 })).to.throw(/leaves no size "s1" open/);
  });

  it("refuses control flow that depends on the data, by the module that has it", () => {
    const program = programOf([["torch.ops.higher_order.cond", { pred: "%x" }]], { x });
    const { unsupported } = lowerPt2(program, "model.pt2");
    expect(unsupported).to.have.length(1);
    expect(unsupported[0]).to.include({ operator: "higher_order.cond", node: "y", module: "block" });
    expect(unsupported[0].reason).to.match(/compute both branches and choose with torch\.where/);
  });

  const refused: [string, Readonly<Record<string, Value>>, RegExp][] = [
    ["batch_norm.default", { input: "%x", training: true }, /call model\.eval\(\)/],
    ["dropout.default", { input: "%x", p: 0.5, train: true }, /call model\.eval\(\)/],
    ["nonzero.default", { self: "%x" }, /shape of its result depends on the data; use torch\.where/],
    ["masked_select.default", { self: "%x" }, /shape of its result depends on the data; use torch\.where/],
    ["unique_consecutive.default", { self: "%x" }, /shape of its result depends on the data/],
    ["bernoulli.default", { self: "%x" }, /draws at random; make the random numbers an input/],
    ["rand_like.default", { self: "%x" }, /draws at random; make the random numbers an input/],
    ["multinomial.default", { input: "%x", num_samples: 1 }, /draws at random/],
    ["_local_scalar_dense.default", { self: "%x" }, /takes a number out of a tensor.*keep it a tensor/],
    ["as_strided.default", { self: "%x" }, /depends on the memory layout; use view/],
    ["_fft_r2c.default", { self: "%x" }, /complex numbers are not supported/],
    ["quantize_per_tensor.default", { self: "%x" }, /quantize with PT2E or torchao/],
    ["reshape.default", { self: "%x", shape: [4, 2] }, /cannot be reshaped/],
    ["bitwise_and.Tensor", { self: "%x", other: "%x" }, /on masks/],
  ];
  for (const [operator, args, reason] of refused) {
    it(`refuses ${operator} ${JSON.stringify(args)}`, () => {
      const { graph, unsupported } = lowerPt2(programOf([[operator, args]], { x }), "model.pt2");
      expect(graph).to.equal(undefined);
      expect(unsupported).to.have.length(1);
      expect(unsupported[0]).to.include({ operator: `aten.${operator}`, node: "y", module: "block" });
      expect(unsupported[0].reason).to.match(reason);
    });
  }
});
