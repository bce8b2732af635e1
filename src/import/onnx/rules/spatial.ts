import { sizeOf, tensor } from "../../../tensor/tensor.js";
import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { affineGrid } from "../../compose/affineGrid.js";
import { gridSample } from "../../compose/gridSample.js";
import { determinant } from "../../compose/matrix.js";
import { axisIn, concat, pickAlong, reshape, sequence, slice } from "../../compose/movement.js";
import { roiAlign } from "../../compose/roiAlign.js";
import { scatter } from "../../compose/scatter.js";
import { columnsToImage } from "../../compose/windows.js";
import { checkedSize } from "../../elements.js";
import type { OnnxCall } from "../call.js";
import type { OnnxRule, OnnxTable } from "./rule.js";

const sampled: OnnxRule = (c) =>
  gridSample(c.builder, c.input(0), c.constant(1), {
    mode: c.text("mode", "linear").replace(/^bi/, ""),
    padding: c.text("padding_mode", "zeros"),
    alignCorners: c.int("align_corners", 0) === 1,
  });

const col2Im: OnnxRule = (c) => {
  const [size, kernel] = [c.constantInts(1), c.constantInts(2)];
  const ones = kernel.map(() => 1);
  return columnsToImage(c.builder, c.input(0), size, {
    kernel,
    dilation: c.ints("dilations", ones),
    padding: c.ints("pads", [...kernel, ...kernel].fill(0)),
    stride: c.ints("strides", ones),
  });
};

/** Cuts or pads axes to sizes, the center staying the center; the odd element goes to the end. */
const centerCropPad: OnnxRule = (c) => {
  const b = c.builder;
  const shape = c.shapeOf(0);
  const axes = c.ints(
    "axes",
    shape.map((_, axis) => axis),
  );
  const sizes = c.constantInts(1);
  if (axes.length !== sizes.length) throw new OperatorError("there must be one size for each axis");
  return axes.reduce((x, named, i) => {
    const axis = axisIn(named, shape.length);
    const missing = sizes[i] - shape[axis];
    const front = Math.floor(Math.abs(missing) / 2);
    if (missing <= 0) return slice(b, x, axis, front, front + sizes[i]);
    const at = (count: number) => shape.map((_, a) => (a === axis ? count : 0));
    return b.apply("pad", [x], { before: at(front), after: at(missing - front), value: 0 });
  }, c.input(0));
};

/** The first `length` elements of each row in reverse; how many is constant. */
const reverseSequence: OnnxRule = (c) => {
  const b = c.builder;
  const shape = c.shapeOf(0);
  const [time, batch] = [
    axisIn(c.int("time_axis", 0), shape.length),
    axisIn(c.int("batch_axis", 1), shape.length),
  ];
  if (time + batch !== 1) throw new OperatorError("batch and time must be the first two axes");
  const lengths = c.constantInts(1);
  const [first, second] = shape as [number, number];
  if (lengths.length !== shape[batch]) throw new OperatorError("there must be one length for each row");
  const places = sequence(first * second, (i) => {
    const at = [Math.floor(i / second), i % second];
    const length = lengths[at[batch]];
    if (!(length >= 0 && length <= shape[time])) throw new OperatorError(`no row has ${length} elements`);
    if (at[time] < length) at[time] = length - 1 - at[time];
    return at[0] * second + at[1];
  });
  const flat = reshape(b, c.input(0), [first * second, ...shape.slice(2)]);
  return reshape(b, pickAlong(b, flat, 0, places), shape);
};

/** Values back at the constant places that a pooling took them from; 0 elsewhere. */
const maxUnpool: OnnxRule = (c) => {
  const b = c.builder;
  const shape = c.shapeOf(0);
  const kernel = c.ints("kernel_shape");
  const none = kernel.map(() => 0);
  const strides = c.ints(
    "strides",
    kernel.map(() => 1),
  );
  const pads = c.ints("pads", [...none, ...none]);
  const natural = [
    ...shape.slice(0, 2),
    ...kernel.map((k, i) => (shape[i + 2] - 1) * strides[i] + k - pads[i] - pads[kernel.length + i]),
  ];
  const target = c.has(2) ? c.constantInts(2) : natural;
  const size = checkedSize(target);
  // Places count within the natural size, whatever size is asked for.
  const places = c.constantInts(1).map((place) => relocated(place, natural, target));
  if (places.some((place) => !(place >= 0 && place < sizeOf(target))))
    throw new OperatorError(`a place lies outside the ${size} elements`);
  const empty = b.constant(tensor(b.typeOf(c.input(0)).dtype, target));
  return scatter(b, empty, places, c.input(0), "none");
};

function relocated(place: number, from: readonly number[], to: readonly number[]): number {
  let rest = place;
  let result = 0;
  let stride = 1;
  for (let axis = from.length - 1; axis >= 0; axis--) {
    result += (rest % from[axis]) * stride;
    rest = Math.floor(rest / from[axis]);
    stride *= to[axis];
  }
  return rest === 0 ? result : -1;
}

/** A cache with an update written at one constant place of its axis for each sample. */
const tensorScatter: OnnxRule = (c) => {
  const [shape, own] = [c.shapeOf(0), c.shapeOf(1)];
  const axis = axisIn(c.int("axis", -2), shape.length);
  const starts = c.has(2) ? c.constantInts(2) : sequence(shape[0] ?? 1, () => 0);
  const circular = c.text("mode", "linear") === "circular";
  if (own.some((size, a) => (a === axis ? size > shape[a] : size !== shape[a])) || axis === 0)
    throw new OperatorError("the update does not fit the cache");
  const [inner, length] = [sizeOf(shape.slice(axis + 1)), own[axis]];
  const rows = sizeOf(shape.slice(1, axis));
  const places = sequence(sizeOf(own), (i) => {
    const [element, step] = [i % inner, Math.floor(i / inner) % length];
    const line = Math.floor(i / (inner * length));
    const place = starts[Math.floor(line / rows)] + step;
    const within = circular ? place % shape[axis] : place;
    if (!(within >= 0 && within < shape[axis]))
      throw new OperatorError(`place ${place} is outside the cache`);
    return (line * shape[axis] + within) * inner + element;
  });
  return scatter(c.builder, c.input(0), places, c.input(1), "none");
};

const alignedRegions: OnnxRule = (c) => {
  const mode = c.text("mode", "avg");
  if (mode !== "avg" && mode !== "max") throw new OperatorError(`pooling regions by "${mode}" is not known`);
  const transform = c.text(
    "coordinate_transformation_mode",
    c.opset < 16 ? "output_half_pixel" : "half_pixel",
  );
  return roiAlign(c.builder, c.input(0), c.constant(1), c.constantInts(2), {
    mode,
    height: c.int("output_height", 1),
    width: c.int("output_width", 1),
    sampling: c.int("sampling_ratio", 0),
    scale: c.float("spatial_scale", 1),
    halfPixel: transform === "half_pixel",
  });
};

/** Each channel's own filter over what came before: the state of an earlier call, or zeros. Gives the next state too. */
const causalConv: OnnxRule = (c) => {
  const b = c.builder;
  const [batch, channels, length] = c.shapeOf(0) as [number, number, number];
  const reach = (c.shapeOf(1)[2] ?? 1) - 1;
  const past = c.has(3)
    ? c.input(3)
    : b.constant(tensor(b.typeOf(c.input(0)).dtype, [batch, channels, reach]), "state");
  const all = concat(b, [past, c.input(0)], 2);
  const operands = c.has(2) ? [all, c.input(1), c.input(2)] : [all, c.input(1)];
  const window = { stride: [1], padding: [0, 0], dilation: [1], groups: channels };
  const result = b.apply("conv", operands, window);
  const activation = c.text("activation", "none");
  if (!["none", "silu", "swish"].includes(activation))
    throw new OperatorError(`the activation "${activation}" is not known`);
  return [
    activation === "none" ? result : b.apply("silu", [result]),
    slice(b, all, 2, length, length + reach),
  ];
};

function gridOf(c: OnnxCall): ValueId {
  const size = c.constantInts(1).slice(2);
  return affineGrid(c.builder, c.input(0), size, c.int("align_corners", 0) === 1);
}

export const spatialRules: OnnxTable = {
  GridSample: sampled,
  AffineGrid: gridOf,
  RoiAlign: alignedRegions,
  Col2Im: col2Im,
  CenterCropPad: centerCropPad,
  ReverseSequence: reverseSequence,
  MaxUnpool: maxUnpool,
  TensorScatter: tensorScatter,
  CausalConvWithState: causalConv,
  Det: (c) => determinant(c.builder, c.input(0)),
};
