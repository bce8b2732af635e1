import type { ValueId } from "../../../graph/types.js";
import { alongAxis, dequantize, quantize } from "../../compose/quantization.js";
import { pickAlong, reshape, sequence } from "../../compose/movement.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

/** Models that are quantized already: by PT2E, by torchao, or in training. */

/** How a call names its operand, its scale and its zero point. */
interface Names {
  readonly x: string;
  readonly scale: string;
  readonly zero: string;
}

/** A scale or zero point as it broadcasts over the operand. */
type Spread = (c: AtenCall, x: ValueId, parameter: ValueId) => ValueId;

const perTensor: Spread = (c, x, parameter) => alongAxis(c.builder, c.builder.shapeOf(x), parameter, 0);
const perChannel: Spread = (c, x, parameter) =>
  alongAxis(c.builder, c.builder.shapeOf(x), parameter, c.int("axis"));

/** One a block of elements: of a whole row, or of a group of its elements. */
const perBlock: Spread = (c, x, parameter) => {
  const b = c.builder;
  const shape = b.shapeOf(x);
  const size = c.ints("block_size");
  const blocks = reshape(
    b,
    parameter,
    shape.map((n, axis) => n / size[axis]),
  );
  return shape.reduce(
    (all, n, axis) =>
      size[axis] === 1 || b.shapeOf(all)[axis] === 1
        ? all
        : pickAlong(
            b,
            all,
            axis,
            sequence(n, (i) => Math.floor(i / size[axis])),
          ),
    blocks,
  );
};

function parameters(c: AtenCall, x: ValueId, { scale, zero }: Names, spread: Spread) {
  return {
    scale: spread(c, x, c.tensor(scale)),
    zero: c.has(zero) ? spread(c, x, c.tensor(zero)) : undefined,
  };
}

/** Numbers, or tensors of one. */
const bounds = (c: AtenCall) => [c.constant("quant_min").data[0], c.constant("quant_max").data[0]] as const;

const toIntegers =
  (spread: Spread, names: Names): AtenRule =>
  (c) => {
    const x = c.tensor(names.x);
    const { scale, zero } = parameters(c, x, names, spread);
    return quantize(c.builder, x, scale, zero, bounds(c));
  };

const toNumbers =
  (spread: Spread, names: Names): AtenRule =>
  (c) => {
    const x = c.tensor(names.x);
    const { scale, zero } = parameters(c, x, names, spread);
    return dequantize(c.builder, x, scale, zero);
  };

/** Both, one after the other. */
const fake =
  (spread: Spread): AtenRule =>
  (c) => {
    const x = c.tensor("self");
    const { scale, zero } = parameters(c, x, affine("self"), spread);
    return dequantize(c.builder, quantize(c.builder, x, scale, zero, bounds(c)), scale, zero);
  };

const affine = (x: string): Names => ({ x, scale: "scale", zero: "zero_point" });
const channels: Names = { x: "input", scale: "scales", zero: "zero_points" };

function overloads(name: string, suffixes: readonly string[], rule: AtenRule): AtenTable {
  return Object.fromEntries(suffixes.map((suffix) => [`${name}.${suffix}`, rule]));
}

const DECOMPOSED = "quantized_decomposed";
const forms = ["default", "tensor", "tensor2"];

export const quantizedRules: AtenTable = {
  ...overloads(`${DECOMPOSED}.quantize_per_tensor`, forms, toIntegers(perTensor, affine("input"))),
  ...overloads(`${DECOMPOSED}.dequantize_per_tensor`, forms, toNumbers(perTensor, affine("input"))),
  [`${DECOMPOSED}.quantize_per_channel.default`]: toIntegers(perChannel, channels),
  [`${DECOMPOSED}.dequantize_per_channel.default`]: toNumbers(perChannel, channels),
  "torchao.quantize_affine.default": toIntegers(perBlock, affine("input")),
  "torchao.dequantize_affine.default": toNumbers(perBlock, affine("input")),
  ...overloads("aten.fake_quantize_per_tensor_affine", ["default", "tensor_qparams"], fake(perTensor)),
  "aten.fake_quantize_per_tensor_affine_cachemask.default": fake(perTensor),
  "aten.fake_quantize_per_channel_affine.default": fake(perChannel),
  "aten.fake_quantize_per_channel_affine_cachemask.default": fake(perChannel),
};
