import { OperatorError } from "../../../operators/operator.js";
import { matmul, mul, add } from "../../compose/arithmetic.js";
import { einsum } from "../../compose/einsum.js";
import { reshape, swapAxes } from "../../compose/movement.js";
import { interpolate } from "../../compose/resample.js";
import { avgPool, depthToSpace, maxPool, spaceToDepth, type PoolOptions } from "../../compose/spatial.js";
import { reduce } from "../../compose/arithmetic.js";
import type { OnnxCall } from "../call.js";
import type { OnnxRule, OnnxTable } from "./rule.js";

/** alpha · A' · B' + beta · C */
const gemm: OnnxRule = (c) => {
  const b = c.builder;
  const left = c.int("transA", 0) === 1 ? swapAxes(b, c.input(0), 0, 1) : c.input(0);
  const alpha = c.float("alpha", 1);
  const beta = c.float("beta", 1);
  const weight = c.int("transB", 0) === 1 ? c.input(1) : swapAxes(b, c.input(1), 0, 1);
  const product = b.apply("linear", [left, weight]);
  const scaled = alpha === 1 ? product : mul(b, product, alpha);
  if (!c.has(2)) return scaled;
  return add(b, scaled, beta === 1 ? c.input(2) : mul(b, c.input(2), beta));
};

/** The window attributes that convolutions and poolings share. */
function windowOf(c: OnnxCall, kernel: readonly number[]) {
  const axes = kernel.length;
  const ones = new Array<number>(axes).fill(1);
  const stride = c.ints("strides", ones);
  const dilation = c.ints("dilations", ones);
  return { stride, dilation, padding: paddingOf(c, kernel, stride, dilation) };
}

function paddingOf(
  c: OnnxCall,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): number[] {
  const mode = c.text("auto_pad", "NOTSET");
  const none = new Array<number>(2 * kernel.length).fill(0);
  if (mode === "NOTSET") return c.ints("pads", none);
  if (mode === "VALID") return none;
  if (mode !== "SAME_UPPER" && mode !== "SAME_LOWER")
    throw new OperatorError(`auto_pad "${mode}" is not known`);
  const spatial = c.shapeOf(0).slice(-kernel.length);
  const total = spatial.map((size, axis) => {
    const reach =
      (Math.ceil(size / stride[axis]!) - 1) * stride[axis]! + dilation[axis]! * (kernel[axis]! - 1) + 1;
    return Math.max(0, reach - size);
  });
  const less = total.map((t) => Math.floor(t / 2));
  const more = total.map((t, axis) => t - less[axis]!);
  return mode === "SAME_UPPER" ? [...less, ...more] : [...more, ...less];
}

const conv: OnnxRule = (c) => {
  const window = windowOf(c, c.shapeOf(1).slice(2));
  return c.builder.apply("conv", c.inputs(), { ...window, groups: c.int("group", 1) });
};

const convTranspose: OnnxRule = (c) => {
  const kernel = c.shapeOf(1).slice(2);
  if (c.hasAttribute("output_shape") || !["NOTSET", "VALID"].includes(c.text("auto_pad", "NOTSET"))) {
    throw new OperatorError("a transposed convolution must have explicit pads, not output_shape or auto_pad");
  }
  return c.builder.apply("convTranspose", c.inputs(), {
    ...windowOf(c, kernel),
    outputPadding: c.ints(
      "output_padding",
      kernel.map(() => 0),
    ),
    groups: c.int("group", 1),
  });
};

function poolOptions(c: OnnxCall): PoolOptions {
  const kernel = c.ints("kernel_shape");
  return { kernel, ...windowOf(c, kernel), ceil: c.int("ceil_mode", 0) === 1 };
}

const global =
  (op: "mean" | "max"): OnnxRule =>
  (c) => {
    const axes = c.shapeOf(0).flatMap((_, axis) => (axis < 2 ? [] : [axis]));
    return reduce(c.builder, op, c.input(0), axes, true);
  };

const resize: OnnxRule = (c) => {
  const shape = c.shapeOf(0);
  // Operator set 10 has (x, scales), later ones (x, roi, scales, sizes).
  const scaleInput = c.opset < 11 ? 1 : 2;
  const scales =
    c.has(scaleInput) && c.constant(scaleInput).data.length > 0
      ? [...c.constant(scaleInput).data]
      : undefined;
  const size = scales ? shape.map((length, axis) => Math.floor(length * scales[axis]!)) : c.constantInts(3);
  if (size.length !== shape.length) throw new OperatorError("resizing must give a size for every axis");
  const mode = c.text("mode", "nearest");
  if (mode !== "nearest" && mode !== "linear")
    throw new OperatorError(`resizing by "${mode}" is not supported`);
  if (c.int("antialias", 0) !== 0) throw new OperatorError("resizing with antialias is not supported");
  return interpolate(c.builder, c.input(0), {
    mode,
    coordinates: c.text("coordinate_transformation_mode", c.opset < 11 ? "asymmetric" : "half_pixel"),
    rounding: c.text("nearest_mode", c.opset < 11 ? "floor" : "round_prefer_floor"),
    size,
    scale: scales ?? size.map(() => undefined),
  });
};

/** The first operator of this family that older exporters wrote for nearest and linear upsampling. */
const upsample: OnnxRule = (c) => {
  const shape = c.shapeOf(0);
  const scales = c.has(1) ? [...c.constant(1).data] : c.floats("scales");
  const mode = c.text("mode", "nearest");
  if (mode !== "nearest" && mode !== "linear")
    throw new OperatorError(`resizing by "${mode}" is not supported`);
  return interpolate(c.builder, c.input(0), {
    mode,
    coordinates: "asymmetric",
    rounding: "floor",
    size: shape.map((length, axis) => Math.floor(length * scales[axis]!)),
    scale: scales,
  });
};

export const linearRules: OnnxTable = {
  Gemm: gemm,
  MatMul: (c) => matmul(c.builder, c.input(0), c.input(1)),
  Einsum: (c) => einsum(c.builder, c.text("equation"), c.inputs()),
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: (c) => maxPool(c.builder, c.input(0), poolOptions(c)),
  AveragePool: (c) => avgPool(c.builder, c.input(0), poolOptions(c), c.int("count_include_pad", 0) === 1),
  GlobalAveragePool: global("mean"),
  GlobalMaxPool: global("max"),
  Resize: resize,
  Upsample: upsample,
  DepthToSpace: (c) =>
    depthToSpace(c.builder, c.input(0), c.int("blocksize"), c.text("mode", "DCR") === "DCR"),
  SpaceToDepth: (c) => spaceToDepth(c.builder, c.input(0), c.int("blocksize"), true),
  Flatten: (c) => {
    const shape = c.shapeOf(0);
    const axis = c.int("axis", 1);
    const front = shape.slice(0, axis < 0 ? axis + shape.length : axis).reduce((a, n) => a * n, 1);
    return reshape(c.builder, c.input(0), [front, -1]);
  },
};
