import type { ValueId } from "../../../graph/types.js";
import {
  adaptivePool,
  avgPool,
  batched,
  bothSides,
  depthToSpace,
  maxPool,
  spaceToDepth,
  type PoolOptions,
} from "../../compose/spatial.js";
import { gridSample } from "../../compose/gridSample.js";
import { maxPoolPlaces } from "../../compose/poolPlaces.js";
import { interpolate } from "../../compose/resample.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

function options(c: AtenCall, axes: number): PoolOptions {
  const kernel = c.ints("kernel_size", axes);
  // An empty stride means the kernel's size.
  const stride = c.ints("stride", axes);
  return {
    kernel,
    stride: stride.length === 0 ? kernel : stride,
    padding: bothSides(c.ints("padding", axes)),
    ceil: c.flag("ceil_mode"),
  };
}

/** The maxima, and where they lie in their images where the program reads that. */
const max =
  (axes: number): AtenRule =>
  (c) => {
    const window = { ...options(c, axes), dilation: c.ints("dilation", axes) };
    const maxima = maxPool(c.builder, c.tensor("self"), window);
    if (!c.operator.includes("_with_indices") || !c.reads(1)) return [maxima];
    return [maxima, maxPoolPlaces(c.builder, c.tensor("self"), window)];
  };

const average =
  (axes: number): AtenRule =>
  (c) => {
    const divisor = c.has("divisor_override") ? c.int("divisor_override") : 0;
    return avgPool(c.builder, c.tensor("self"), options(c, axes), c.flag("count_include_pad"), divisor);
  };

const adaptive =
  (op: "maxPool" | "avgPool", axes: number): AtenRule =>
  (c) =>
    batched(c.builder, c.tensor("self"), axes, (x) =>
      adaptivePool(c.builder, op, x, c.ints("output_size", axes)),
    );

/** Output size and scale of an upsampling: either may be given. */
function target(c: AtenCall, axes: number): { size: number[]; scale: (number | undefined)[] } {
  const spatial = c.shapeOf(c.has("self") ? "self" : "input").slice(-axes);
  const factors = c.has("scale_factors") ? c.floats("scale_factors") : undefined;
  const size = c.has("output_size")
    ? c.ints("output_size", axes)
    : spatial.map((length, axis) => Math.floor(length * (factors?.[axis] ?? 1)));
  const fixed = ["scales_d", "scales_h", "scales_w"]
    .slice(-axes)
    .map((name) => (axes === 1 ? "scales" : name));
  const scale = spatial.map((_, axis) => {
    if (c.has(fixed[axis])) return c.number(fixed[axis]);
    return c.has("output_size") ? undefined : factors?.[axis];
  });
  return { size, scale };
}

const upsample =
  (mode: "nearest" | "exact" | "linear" | "cubic", axes: number): AtenRule =>
  (c): ValueId => {
    const { size, scale } = target(c, axes);
    const smooth = mode === "linear" || mode === "cubic";
    const corners = smooth && c.flag("align_corners");
    const coordinates = mode === "nearest" ? "asymmetric" : corners ? "align_corners" : "half_pixel";
    return interpolate(c.builder, c.tensor(c.has("self") ? "self" : "input"), {
      mode: smooth ? mode : "nearest",
      coordinates,
      // "nearest-exact" takes the element that the center lies in.
      rounding: mode === "exact" ? "round_prefer_ceil" : "floor",
      size,
      // Aligned corners ask for sizes only.
      scale: corners ? size.map(() => undefined) : scale,
    });
  };

/** Like Pillow: the cubic's parameter is its own, and weights beyond the ends are left out. */
const smoothed =
  (mode: "linear" | "cubic"): AtenRule =>
  (c) => {
    const { size, scale } = target(c, 2);
    const corners = c.flag("align_corners");
    return interpolate(c.builder, c.tensor(c.has("self") ? "self" : "input"), {
      mode,
      coordinates: corners ? "align_corners" : "half_pixel",
      rounding: "floor",
      size,
      scale: corners ? size.map(() => undefined) : scale,
      cubic: -0.5,
      excludeOutside: true,
      antialias: true,
    });
  };

const sampler: AtenRule = (c) =>
  gridSample(c.builder, c.tensor("input"), c.constant("grid"), {
    mode: ["linear", "nearest", "cubic"][c.int("interpolation_mode")] ?? "",
    padding: ["zeros", "border", "reflection"][c.int("padding_mode")] ?? "",
    alignCorners: c.flag("align_corners"),
  });

export const poolingRules: AtenTable = {
  "aten.max_pool1d.default": max(1),
  "aten.max_pool2d.default": max(2),
  "aten.max_pool3d.default": max(3),
  "aten.max_pool1d_with_indices.default": max(1),
  "aten.max_pool2d_with_indices.default": max(2),
  "aten.max_pool3d_with_indices.default": max(3),
  "aten.avg_pool1d.default": average(1),
  "aten.avg_pool2d.default": average(2),
  "aten.avg_pool3d.default": average(3),
  "aten.adaptive_avg_pool1d.default": adaptive("avgPool", 1),
  "aten.adaptive_avg_pool2d.default": adaptive("avgPool", 2),
  "aten.adaptive_avg_pool3d.default": adaptive("avgPool", 3),
  "aten._adaptive_avg_pool2d.default": adaptive("avgPool", 2),
  "aten._adaptive_avg_pool3d.default": adaptive("avgPool", 3),
  "aten.adaptive_max_pool1d.default": adaptive("maxPool", 1),
  "aten.adaptive_max_pool2d.default": adaptive("maxPool", 2),
  "aten.adaptive_max_pool3d.default": adaptive("maxPool", 3),
  "aten.upsample_nearest1d.vec": upsample("nearest", 1),
  "aten.upsample_nearest2d.vec": upsample("nearest", 2),
  "aten.upsample_nearest3d.vec": upsample("nearest", 3),
  "aten.upsample_nearest1d.default": upsample("nearest", 1),
  "aten.upsample_nearest2d.default": upsample("nearest", 2),
  "aten.upsample_nearest3d.default": upsample("nearest", 3),
  "aten.upsample_linear1d.default": upsample("linear", 1),
  "aten.upsample_bilinear2d.default": upsample("linear", 2),
  "aten.upsample_trilinear3d.default": upsample("linear", 3),
  "aten.upsample_bicubic2d.default": upsample("cubic", 2),
  "aten._upsample_nearest_exact1d.vec": upsample("exact", 1),
  "aten._upsample_nearest_exact2d.vec": upsample("exact", 2),
  "aten._upsample_nearest_exact3d.vec": upsample("exact", 3),
  "aten.upsample_bicubic2d.vec": upsample("cubic", 2),
  "aten._upsample_bilinear2d_aa.default": smoothed("linear"),
  "aten._upsample_bilinear2d_aa.vec": smoothed("linear"),
  "aten._upsample_bicubic2d_aa.default": smoothed("cubic"),
  "aten._upsample_bicubic2d_aa.vec": smoothed("cubic"),
  "aten.grid_sampler_2d.default": sampler,
  "aten.grid_sampler.default": sampler,
  "aten.upsample_linear1d.vec": upsample("linear", 1),
  "aten.upsample_bilinear2d.vec": upsample("linear", 2),
  "aten.upsample_trilinear3d.vec": upsample("linear", 3),
  "aten.pixel_unshuffle.default": (c) =>
    spaceToDepth(c.builder, c.tensor("self"), c.int("downscale_factor"), false),
  "aten.pixel_shuffle.default": (c) =>
    depthToSpace(c.builder, c.tensor("self"), c.int("upscale_factor"), false),
};
