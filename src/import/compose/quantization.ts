import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import type { Shape } from "../../tensor/types.js";
import { sizeOf } from "../../tensor/tensor.js";
import { OperatorError } from "../../errors/operatorError.js";
import { mul, sub } from "./arithmetic.js";
import { axisIn, reshape } from "./movement.js";

/** Models that are quantized already: an integer stands for (integer - zero point) · scale. */

/** The integers of x: rounded, and cut off at `min` and `max`. Scale and zero point broadcast over x. */
export function quantize(
  b: GraphBuilder,
  x: ValueId,
  scale: ValueId,
  zero: ValueId | undefined,
  [min, max]: readonly [min: number, max: number],
): ValueId {
  const constant = [scale, zero].every((id) => id === undefined || b.constantOf(id) !== undefined);
  if (!constant && b.constantOf(x) === undefined)
    throw new OperatorError(
      "it takes its scale from the data; quantize with fixed scales, or export the float model",
    );
  return b.apply("quantize", [x, scale, zero ?? b.scalar(0, "int")], { min, max });
}

/** What integers stand for. */
export function dequantize(b: GraphBuilder, q: ValueId, scale: ValueId, zero: ValueId | undefined): ValueId {
  return mul(b, zero === undefined ? q : sub(b, q, zero), scale);
}

/** A parameter as it broadcasts over a tensor: one, or one per index of the axis. */
export function alongAxis(b: GraphBuilder, shape: Shape, parameter: ValueId, axis: number): ValueId {
  if (sizeOf(b.shapeOf(parameter)) === 1) return reshape(b, parameter, []);
  const after = shape.length - 1 - axisIn(axis, shape.length);
  return reshape(b, parameter, [-1, ...new Array<number>(after).fill(1)]);
}
