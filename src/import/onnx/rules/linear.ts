import { sizeOf } from "../../../tensor/tensor.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { matmul, mul, add, pow, vectorNorm, reduce } from "../../compose/arithmetic.js";
import { einsum } from "../../compose/einsum.js";
import { axisIn, reshape, sequence, swapAxes } from "../../compose/movement.js";
import { maxPoolPlaces } from "../../compose/poolPlaces.js";
import { interpolate } from "../../compose/resample.js";
import {
  avgPool,
  depthToSpace,
  linearAlong,
  maxPool,
  spaceToDepth,
  type PoolOptions,
} from "../../compose/spatial.js";
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

function stepsOf(c: OnnxCall, kernel: readonly number[]) {
  const ones = new Array<number>(kernel.length).fill(1);
  return { stride: c.ints("strides", ones), dilation: c.ints("dilations", ones) };
}

/** The window attributes that convolutions and poolings share. */
export function convWindow(c: OnnxCall, kernel: readonly number[]) {
  const { stride, dilation } = stepsOf(c, kernel);
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
      (Math.ceil(size / stride[axis]) - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1;
    return Math.max(0, reach - size);
  });
  const less = total.map((t) => Math.floor(t / 2));
  const more = total.map((t, axis) => t - less[axis]);
  return mode === "SAME_UPPER" ? [...less, ...more] : [...more, ...less];
}

const conv: OnnxRule = (c) => {
  const window = convWindow(c, c.shapeOf(1).slice(2));
  return c.builder.apply("conv", c.inputs(), { ...window, groups: c.int("group", 1) });
};

const convTranspose: OnnxRule = (c) => {
  const kernel = c.shapeOf(1).slice(2);
  const none = kernel.map(() => 0);
  const extra = c.ints("output_padding", none);
  const mode = c.text("auto_pad", "NOTSET");
  const { stride, dilation } = stepsOf(c, kernel);
  const spatial = c.shapeOf(0).slice(2);
  const wanted = c.hasAttribute("output_shape") ? c.ints("output_shape").slice(-kernel.length) : undefined;
  const target = wanted ?? (mode.startsWith("SAME") ? spatial.map((n, i) => n * stride[i]) : undefined);
  let [padding, outputPadding] = [c.ints("pads", [...none, ...none]), extra];
  if (target !== undefined) {
    // Pads are what is left of the full size; the odd element goes to the end, unless the mode says otherwise.
    const left = target.map(
      (n, i) => stride[i] * (spatial[i] - 1) + extra[i] + (kernel[i] - 1) * dilation[i] + 1 - n,
    );
    const total = left.map((n) => Math.max(0, n));
    // Like ONNX Runtime, a kernel that is smaller than its stride leaves the end as it is.
    if (wanted !== undefined) outputPadding = extra.map((n, i) => n + Math.max(0, -left[i]));
    const less = total.map((n) => Math.floor(n / 2));
    const more = total.map((n, i) => n - less[i]);
    padding = mode === "SAME_UPPER" ? [...less, ...more] : [...more, ...less];
  } else if (mode === "VALID") {
    padding = [...none, ...none];
  }
  return c.builder.apply("convTranspose", c.inputs(), {
    stride,
    dilation,
    padding,
    outputPadding,
    groups: c.int("group", 1),
  });
};

function poolOptions(c: OnnxCall): PoolOptions {
  const kernel = c.ints("kernel_shape");
  return { kernel, ...convWindow(c, kernel), ceil: c.int("ceil_mode", 0) === 1 };
}

/** The maxima, and where they lie among all elements of x where that is asked for. */
const maxPooling: OnnxRule = (c) => {
  const b = c.builder;
  const options = poolOptions(c);
  const maxima = maxPool(b, c.input(0), options);
  if ((c.node.output[1] ?? "") === "") return maxima;
  const [batch, channels, ...spatial] = c.shapeOf(0) as [number, number, ...number[]];
  // In column-major order the first axis is the innermost.
  const strides = spatial.map((_, axis) => sizeOf(spatial.slice(axis + 1)));
  const turned = (place: number): number =>
    spatial.reduce((sum, size, axis) => {
      const index = Math.floor(place / strides[axis]) % size;
      return sum + index * sizeOf(spatial.slice(0, axis));
    }, 0);
  const places = maxPoolPlaces(b, c.input(0), options, c.int("storage_order", 0) === 1 ? turned : undefined);
  const images = b.ints(
    sequence(batch * channels, (i) => i * sizeOf(spatial)),
    [batch, channels, ...spatial.map(() => 1)],
  );
  return [maxima, add(b, places, images)];
};

/** (Σ |x|^p)^(1/p) over windows. */
const lpPool: OnnxRule = (c) => {
  const b = c.builder;
  const order = c.int("p", 2);
  const powers = order === 2 ? mul(b, c.input(0), c.input(0)) : pow(b, b.apply("abs", [c.input(0)]), order);
  return pow(b, avgPool(b, powers, poolOptions(c), true, 1), 1 / order);
};

/** x / (bias + alpha / size · Σ x²)^beta, the sum over the channels around each. */
const localResponseNorm: OnnxRule = (c) => {
  const b = c.builder;
  const x = c.input(0);
  const channels = c.shapeOf(0)[1] ?? 1;
  const size = c.int("size");
  const share = c.float("alpha", 1e-4) / size;
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const sums = linearAlong(b, mul(b, x, x), 1, channels, (row) =>
    sequence(channels, (i) => (i >= row - before && i <= row + after ? share : 0)),
  );
  return mul(b, x, pow(b, add(b, sums, c.float("bias", 1)), -c.float("beta", 0.75)));
};

const global =
  (op: "mean" | "max"): OnnxRule =>
  (c) => {
    const axes = c.shapeOf(0).flatMap((_, axis) => (axis < 2 ? [] : [axis]));
    return reduce(c.builder, op, c.input(0), axes, true);
  };

const resize: OnnxRule = (c) => {
  const shape = c.shapeOf(0);
  const axes = c
    .ints(
      "axes",
      sequence(shape.length, (axis) => axis),
    )
    .map((axis) => axisIn(axis, shape.length));
  const all = <T>(values: readonly T[], otherwise: (axis: number) => T): T[] =>
    shape.map((_, axis) => (axes.includes(axis) ? values[axes.indexOf(axis)] : otherwise(axis)));
  // Operator set 10 has (x, scales), later ones (x, roi, scales, sizes).
  const scaleInput = c.opset < 11 ? 1 : 2;
  const given = c.has(scaleInput) ? [...c.constant(scaleInput).data] : [];
  const sizes = given.length > 0 ? undefined : c.constantInts(3);
  if ((sizes ?? given).length !== axes.length)
    throw new OperatorError("resizing must give a size or a scale for every axis");
  let scale: (number | undefined)[] = sizes === undefined ? all(given, () => 1) : shape.map(() => undefined);
  let size = all(sizes ?? [], (axis) => shape[axis]);
  if (sizes === undefined) size = shape.map((length, axis) => Math.floor(length * scale[axis]!));
  const policy = c.text("keep_aspect_ratio_policy", "stretch");
  if (sizes !== undefined && policy !== "stretch") {
    const ratios = axes.map((axis, i) => sizes[i] / shape[axis]);
    const ratio = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
    scale = all(
      ratios.map((): number | undefined => ratio),
      () => undefined,
    );
    size = shape.map((length, axis) => (axes.includes(axis) ? Math.round(length * ratio) : length));
  }
  const mode = modeOf(c);
  const coordinates = c.text("coordinate_transformation_mode", c.opset < 11 ? "asymmetric" : "half_pixel");
  return interpolate(c.builder, c.input(0), {
    mode,
    coordinates,
    rounding: c.text("nearest_mode", c.opset < 11 ? "floor" : "round_prefer_floor"),
    size,
    scale,
    cubic: c.float("cubic_coeff_a", -0.75),
    excludeOutside: mode === "cubic" && c.int("exclude_outside", 0) === 1,
    antialias: c.int("antialias", 0) === 1,
  });
};

function modeOf(c: OnnxCall): "nearest" | "linear" | "cubic" {
  const mode = c.text("mode", "nearest");
  if (mode !== "nearest" && mode !== "linear" && mode !== "cubic")
    throw new OperatorError(`resizing by "${mode}" is not supported`);
  return mode;
}

/** The first operator of this family that older exporters wrote for nearest and linear upsampling. */
const upsample: OnnxRule = (c) => {
  const shape = c.shapeOf(0);
  const scales = c.has(1) ? [...c.constant(1).data] : c.floats("scales");
  return interpolate(c.builder, c.input(0), {
    mode: modeOf(c),
    coordinates: "asymmetric",
    rounding: "floor",
    size: shape.map((length, axis) => Math.floor(length * scales[axis])),
    scale: scales,
  });
};

export const linearRules: OnnxTable = {
  Gemm: gemm,
  MatMul: (c) => matmul(c.builder, c.input(0), c.input(1)),
  Einsum: (c) => einsum(c.builder, c.text("equation"), c.inputs()),
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPooling,
  AveragePool: (c) => avgPool(c.builder, c.input(0), poolOptions(c), c.int("count_include_pad", 0) === 1),
  GlobalAveragePool: global("mean"),
  GlobalMaxPool: global("max"),
  GlobalLpPool: (c) => {
    const axes = c.shapeOf(0).flatMap((_, axis) => (axis < 2 ? [] : [axis]));
    return vectorNorm(c.builder, c.input(0), c.int("p", 2), axes, true);
  },
  LpPool: lpPool,
  LRN: localResponseNorm,
  Resize: resize,
  Upsample: upsample,
  DepthToSpace: (c) =>
    depthToSpace(c.builder, c.input(0), c.int("blocksize"), c.text("mode", "DCR") === "DCR"),
  SpaceToDepth: (c) =>
    spaceToDepth(c.builder, c.input(0), c.int("blocksize"), c.text("mode", "DCR") === "DCR"),
  Flatten: (c) => {
    const shape = c.shapeOf(0);
    const axis = c.int("axis", 1);
    const front = shape.slice(0, axis < 0 ? axis + shape.length : axis).reduce((a, n) => a * n, 1);
    return reshape(c.builder, c.input(0), [front, -1]);
  },
};
