import { OperatorError } from "../../../operators/operator.js";
import { add, addMatmul, matmul, mul } from "../../compose/arithmetic.js";
import { bothSides, samePadding } from "../../compose/spatial.js";
import { reshape } from "../../compose/movement.js";
import { attention } from "../../compose/attention.js";
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
  const shape = c.builder.shapeOf(x!);
  if (shape.length !== axes + 1) return run([x!, ...parameters]);
  const result = run([reshape(c.builder, x!, [1, ...shape]), ...parameters]);
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
  "aten.scaled_dot_product_attention.default": (c) =>
    attention(c.builder, c.tensor("query"), c.tensor("key"), c.tensor("value"), {
      mask: c.optionalTensor("attn_mask"),
      causal: c.flag("is_causal"),
      scale: c.has("scale") ? c.number("scale") : undefined,
      grouped: c.has("enable_gqa") && c.flag("enable_gqa"),
    }),
};
