import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { affineGrid } from "../../compose/affineGrid.js";
import { add, matmul, mul, reduce } from "../../compose/arithmetic.js";
import { attention, maskOf } from "../../compose/attention.js";
import { gridSample } from "../../compose/gridSample.js";
import { chain, cross, determinant, matrixPower } from "../../compose/matrix.js";
import { axisIn, reshape } from "../../compose/movement.js";
import type { AtenCall } from "../call.js";
import { linearRules } from "./linear.js";
import type { AtenRule, AtenTable } from "./rule.js";

/** Products and places that models need less often. */

const self = (c: AtenCall): ValueId => c.tensor("self");

/** beta · self + alpha · product */
function addScaled(c: AtenCall, product: ValueId): ValueId {
  const b = c.builder;
  const [alpha, beta] = [c.number("alpha"), c.number("beta")];
  return add(b, beta === 1 ? self(c) : mul(b, self(c), beta), alpha === 1 ? product : mul(b, product, alpha));
}

const crossRule: AtenRule = (c) => {
  const shape = c.shapeOf("self");
  // Without an axis, the first of three elements is meant.
  const axis = c.has("dim") ? axisIn(c.int("dim"), shape.length) : shape.indexOf(3);
  if (axis < 0) throw new OperatorError("a cross product is of vectors of three");
  return cross(c.builder, self(c), c.tensor("other"), axis);
};

/** The kernels that scaled_dot_product_attention chooses from; only the first result is the answer. */
const attentionKernel =
  (mask: string): AtenRule =>
  (c) => {
    if (c.number("dropout_p") > 0)
      throw new OperatorError("dropout is active: call model.eval() before the export");
    const [queries, keys] = [c.shapeOf("query").at(-2)!, c.shapeOf("key").at(-2)!];
    const given = c.optionalTensor(mask);
    const causal = c.flag("is_causal") ? [maskOf(c.builder, queries, keys, (q, k) => k <= q)] : [];
    return attention(c.builder, c.tensor("query"), c.tensor("key"), c.tensor("value"), {
      masks: given === undefined ? causal : [...causal, given],
      scale: c.has("scale") ? c.number("scale") : undefined,
    }).output;
  };

const sampler: AtenRule = (c) =>
  gridSample(c.builder, c.tensor("input"), c.constant("grid"), {
    mode: ["linear", "nearest", "cubic"][c.int("interpolation_mode")] ?? "",
    padding: ["zeros", "border", "reflection"][c.int("padding_mode")] ?? "",
    alignCorners: c.flag("align_corners"),
  });

export const algebraRules: AtenTable = {
  "aten.addr.default": (c) => {
    const column = reshape(c.builder, c.tensor("vec1"), [-1, 1]);
    return addScaled(c, mul(c.builder, column, c.tensor("vec2")));
  },
  "aten.addbmm.default": (c) => {
    const product = matmul(c.builder, c.tensor("batch1"), c.tensor("batch2"));
    return addScaled(c, reduce(c.builder, "sum", product, [0], false));
  },
  "aten.chain_matmul.default": (c) => chain(c.builder, c.tensors("matrices")),
  "aten.linalg_multi_dot.default": (c) => chain(c.builder, c.tensors("tensors")),
  "aten.linalg_vecdot.default": (c) =>
    reduce(c.builder, "sum", mul(c.builder, c.tensor("x"), c.tensor("y")), [c.int("dim")], false),
  "aten.cross.default": crossRule,
  "aten.linalg_cross.default": crossRule,
  "aten.linalg_det.default": (c) => determinant(c.builder, c.tensor(c.has("A") ? "A" : "self")),
  "aten.linalg_matrix_power.default": (c) => matrixPower(c.builder, self(c), c.int("n")),
  "aten._convolution.default": linearRules["aten.convolution.default"],
  "aten.grid_sampler_3d.default": sampler,
  "aten.affine_grid_generator.default": (c) =>
    affineGrid(c.builder, c.tensor("theta"), c.ints("size").slice(2), c.flag("align_corners")),
  "aten._scaled_dot_product_flash_attention_for_cpu.default": attentionKernel("attn_mask"),
  "aten._scaled_dot_product_flash_attention.default": attentionKernel("attn_mask"),
  "aten._scaled_dot_product_efficient_attention.default": attentionKernel("attn_bias"),
};
