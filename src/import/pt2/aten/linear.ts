import { OperatorError } from "../../../errors/operatorError.js";
import { add, addMatmul, matmul, mul } from "../../compose/arithmetic.js";
import { bothSides, samePadding } from "../../compose/spatial.js";
import { reshape } from "../../compose/movement.js";
import { attention, maskOf } from "../../compose/attention.js";
import {
  cosineSimilarity,
  distances,
  kron,
  ownDistances,
  pairwiseDistance,
  tensordot,
} from "../../compose/distance.js";
import { einsum } from "../../compose/einsum.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

function inputs(c: AtenCall): string[] {
  return [c.tensor("input"), c.tensor("weight"), c.optionalTensor("bias")].filter((id) => id !== undefined);
}

/** conv1d, conv2d and conv3d; x may lack the batch axis. */
const conv: AtenRule = (c) => {
  const axes = c.shapeOf("weight").length - 2;
  const dilation = c.ints("dilation", axes);
  return withBatch(c, axes, (operands) =>
    c.builder.apply("conv", operands, {
      stride: c.ints("stride", axes),
      padding: paddingOf(c, axes, dilation),
      dilation,
      groups: c.int("groups"),
    }),
  );
};

function paddingOf(c: AtenCall, axes: number, dilation: readonly number[]): number[] {
  if (!c.operator.endsWith(".padding")) return bothSides(c.ints("padding", axes));
  const mode = c.text("padding");
  if (mode === "valid") return new Array<number>(2 * axes).fill(0);
  if (mode === "same") return samePadding(c.shapeOf("weight").slice(2), dilation);
  throw new OperatorError(`padding "${mode}" is not known`);
}

const convTranspose: AtenRule = (c) => {
  const axes = c.shapeOf("weight").length - 2;
  return withBatch(c, axes, (operands) =>
    c.builder.apply("convTranspose", operands, {
      stride: c.ints("stride", axes),
      padding: bothSides(c.ints("padding", axes)),
      dilation: c.ints("dilation", axes),
      outputPadding: c.ints("output_padding", axes),
      groups: c.int("groups"),
    }),
  );
};

function withBatch(c: AtenCall, axes: number, run: (operands: string[]) => string): string {
  const [x, ...parameters] = inputs(c);
  const shape = c.builder.shapeOf(x);
  if (shape.length !== axes + 1) return run([x, ...parameters]);
  const result = run([reshape(c.builder, x, [1, ...shape]), ...parameters]);
  return reshape(c.builder, result, c.builder.shapeOf(result).slice(1));
}

const product =
  (left: string, right: string): AtenRule =>
  (c) =>
    matmul(c.builder, c.tensor(left), c.tensor(right));

const addProduct =
  (left: string, right: string): AtenRule =>
  (c) =>
    addMatmul(
      c.builder,
      c.tensor("self"),
      c.tensor(left),
      c.tensor(right),
      c.number("alpha"),
      c.number("beta"),
    );

export const linearRules: AtenTable = {
  "aten.linear.default": (c) => c.builder.apply("linear", inputs(c)),
  "aten.addmm.default": addProduct("mat1", "mat2"),
  "aten.baddbmm.default": addProduct("batch1", "batch2"),
  "aten.mm.default": product("self", "mat2"),
  "aten.bmm.default": product("self", "mat2"),
  "aten.matmul.default": product("self", "other"),
  "aten.mv.default": product("self", "vec"),
  "aten.dot.default": product("self", "tensor"),
  "aten.outer.default": (c) => {
    const column = reshape(c.builder, c.tensor("self"), [-1, 1]);
    return mul(c.builder, column, c.tensor("vec2"));
  },
  "aten.vdot.default": product("self", "other"),
  "aten.inner.default": (c) =>
    c.shapeOf("other").length < 2
      ? matmul(c.builder, c.tensor("self"), c.tensor("other"))
      : tensordot(c.builder, c.tensor("self"), c.tensor("other"), [-1], [-1]),
  "aten.tensordot.default": (c) =>
    tensordot(c.builder, c.tensor("self"), c.tensor("other"), c.ints("dims_self"), c.ints("dims_other")),
  "aten.kron.default": (c) => kron(c.builder, c.tensor("self"), c.tensor("other")),
  "aten.addmv.default": addProduct("mat", "vec"),
  "aten.cdist.default": (c) => distances(c.builder, c.tensor("x1"), c.tensor("x2"), c.number("p")),
  "aten._cdist_forward.default": (c) => distances(c.builder, c.tensor("x1"), c.tensor("x2"), c.number("p")),
  "aten._euclidean_dist.default": (c) => distances(c.builder, c.tensor("x1"), c.tensor("x2"), 2),
  "aten.pdist.default": (c) => ownDistances(c.builder, c.tensor("self"), c.number("p")),
  "aten._pdist_forward.default": (c) => ownDistances(c.builder, c.tensor("self"), c.number("p")),
  "aten.cosine_similarity.default": (c) =>
    cosineSimilarity(c.builder, c.tensor("x1"), c.tensor("x2"), c.int("dim"), c.number("eps")),
  "aten.pairwise_distance.default": (c) =>
    pairwiseDistance(c.builder, c.tensor("x1"), c.tensor("x2"), {
      order: c.number("p"),
      epsilon: c.number("eps"),
      keepDims: c.flag("keepdim"),
    }),
  "aten.einsum.default": (c) => einsum(c.builder, c.text("equation"), c.tensors("tensors")),
  "aten.bilinear.default": (c) => {
    const result = einsum(c.builder, "...i,oij,...j->...o", [
      c.tensor("input1"),
      c.tensor("weight"),
      c.tensor("input2"),
    ]);
    return c.has("bias") ? add(c.builder, result, c.tensor("bias")) : result;
  },
  "aten.conv1d.default": conv,
  "aten.conv2d.default": conv,
  "aten.conv3d.default": conv,
  "aten.conv1d.padding": conv,
  "aten.conv2d.padding": conv,
  "aten.conv3d.padding": conv,
  "aten.conv_transpose1d.default": convTranspose,
  "aten.conv_transpose2d.input": convTranspose,
  "aten.conv_transpose3d.input": convTranspose,
  "aten.convolution.default": (c) => (c.flag("transposed") ? convTranspose(c) : conv(c)),
  "aten.scaled_dot_product_attention.default": (c) => {
    if (c.number("dropout_p") > 0)
      throw new OperatorError("dropout is active: call model.eval() before the export");
    const [queries, keys] = [c.shapeOf("query").at(-2)!, c.shapeOf("key").at(-2)!];
    const causal = c.flag("is_causal") ? [maskOf(c.builder, queries, keys, (q, k) => k <= q)] : [];
    const mask = c.optionalTensor("attn_mask");
    return attention(c.builder, c.tensor("query"), c.tensor("key"), c.tensor("value"), {
      masks: mask === undefined ? causal : [...causal, mask],
      scale: c.has("scale") ? c.number("scale") : undefined,
      grouped: c.has("enable_gqa") && c.flag("enable_gqa"),
    }).output;
  },
};
