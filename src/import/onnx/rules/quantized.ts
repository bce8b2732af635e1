import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { matmul, mul, sub } from "../../compose/arithmetic.js";
import { axisIn, cast, pickAlong, reshape, sequence } from "../../compose/movement.js";
import { alongAxis, dequantize, quantize } from "../../compose/quantization.js";
import type { OnnxCall } from "../call.js";
import { convWindow } from "./linear.js";
import type { OnnxRule, OnnxTable } from "./rule.js";

/** Files that are quantized already: integers stand for (integer - zero point) · scale, which is what is computed. */

/** Least and greatest numbers of ONNX's integer types. */
const ranges: ReadonlyMap<number, readonly [number, number]> = new Map([
  [2, [0, 255]],
  [3, [-128, 127]],
  [4, [0, 65535]],
  [5, [-32768, 32767]],
  [21, [0, 15]],
  [22, [-8, 7]],
]);

const UINT8 = 2;

/** A scale or zero point as it broadcasts over x: one, one per index of the axis, or one per block of them. */
function spread(c: OnnxCall, x: ValueId, parameter: ValueId): ValueId {
  const b = c.builder;
  const [shape, block] = [b.shapeOf(x), c.int("block_size", 0)];
  if (block === 0) return alongAxis(b, shape, parameter, c.int("axis", 1));
  const axis = axisIn(c.int("axis", 1), shape.length);
  const places = sequence(shape[axis], (i) => Math.floor(i / block));
  return pickAlong(b, parameter, axis, places);
}

/** The integers of x: rounded, and cut off where their type ends. */
function quantized(c: OnnxCall, x: ValueId, scale: ValueId, zero: number, spreads: Spread): ValueId {
  const range = ranges.get(typeOf(c, zero));
  if (range === undefined)
    throw new OperatorError("only integers of 4, 8 or 16 bits can be quantized to, no floats of eight bits");
  return quantize(c.builder, x, spreads(scale), c.has(zero) ? spreads(c.input(zero)) : undefined, range);
}

type Spread = (parameter: ValueId) => ValueId;

function typeOf(c: OnnxCall, zero: number): number {
  const named = c.int("output_dtype", 0);
  if (named !== 0) return named;
  if (!c.has(zero)) return UINT8;
  const type = c.elementType(zero);
  if (type === undefined) throw new OperatorError("the type of its zero point is not known");
  return type;
}

function dequantized(c: OnnxCall, x: number, scale: number, zero: number, spreads: Spread): ValueId {
  const point = c.has(zero) ? spreads(c.input(zero)) : undefined;
  return dequantize(c.builder, c.input(x), spreads(c.input(scale)), point);
}

function lessZero(c: OnnxCall, x: number, zero: number, spreads: Spread): ValueId {
  return c.has(zero) ? sub(c.builder, c.input(x), spreads(c.input(zero))) : c.input(x);
}

/** Parameters of a matrix: one, or one per row of the left, one per column of the right. */
const ofRows =
  (c: OnnxCall): Spread =>
  (parameter) =>
    c.builder.shapeOf(parameter).length === 1 && c.builder.shapeOf(parameter)[0] > 1
      ? reshape(c.builder, parameter, [-1, 1])
      : parameter;
const asIs: Spread = (parameter) => parameter;

/** Parameters of a kernel: one, or one per output channel. */
const ofChannels =
  (c: OnnxCall, weight: number): Spread =>
  (parameter) => {
    const rest = c.shapeOf(weight).slice(1);
    const one = c.builder.shapeOf(parameter).reduce((product, n) => product * n, 1) === 1;
    return reshape(c.builder, parameter, one ? [] : [-1, ...rest.map(() => 1)]);
  };

const scalar =
  (c: OnnxCall): Spread =>
  (parameter) =>
    reshape(c.builder, parameter, []);

const qLinearMatMul: OnnxRule = (c) => {
  const left = dequantized(c, 0, 1, 2, ofRows(c));
  const product = matmul(c.builder, left, dequantized(c, 3, 4, 5, asIs));
  return quantized(c, product, c.input(6), 7, ofRows(c));
};

/** The bias is in units of both scales. */
const qLinearConv: OnnxRule = (c) => {
  const b = c.builder;
  const channels = ofChannels(c, 3);
  const operands = [dequantized(c, 0, 1, 2, scalar(c)), dequantized(c, 3, 4, 5, channels)];
  if (c.has(8)) operands.push(mul(b, c.input(8), mul(b, reshape(b, c.input(1), []), c.input(4))));
  const kernel = c.shapeOf(3).slice(2);
  const result = b.apply("conv", operands, { ...convWindow(c, kernel), groups: c.int("group", 1) });
  return quantized(c, result, c.input(6), 7, scalar(c));
};

const convInteger: OnnxRule = (c) => {
  const operands = [lessZero(c, 0, 2, scalar(c)), lessZero(c, 1, 3, ofChannels(c, 1))];
  const window = convWindow(c, c.shapeOf(1).slice(2));
  return integers(c, c.builder.apply("conv", operands, { ...window, groups: c.int("group", 1) }));
};

function integers(c: OnnxCall, x: ValueId): ValueId {
  return cast(c.builder, x, "int");
}

export const quantizedRules: OnnxTable = {
  QuantizeLinear: (c) =>
    quantized(c, c.input(0), c.input(1), 2, (parameter) => spread(c, c.input(0), parameter)),
  DequantizeLinear: (c) => dequantized(c, 0, 1, 2, (parameter) => spread(c, c.input(0), parameter)),
  QLinearMatMul: qLinearMatMul,
  QLinearConv: qLinearConv,
  MatMulInteger: (c) => integers(c, matmul(c.builder, lessZero(c, 0, 2, ofRows(c)), lessZero(c, 1, 3, asIs))),
  ConvInteger: convInteger,
};
