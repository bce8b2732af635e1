import type { GraphBuilder } from "../../graph/builder.js";
import { formatShape, sizeOf } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { add, div, mul, pow, sub } from "./arithmetic.js";
import { reshape } from "./movement.js";

/** One value a channel, shaped to broadcast over x [N, C, …]. */
export function perChannel(b: GraphBuilder, x: ValueId, values: ValueId): ValueId {
  return reshape(b, values, [-1, ...new Array<number>(Math.max(0, b.shapeOf(x).length - 2)).fill(1)]);
}

/**
 * Batch norm with fixed statistics: a scale and a shift a channel. A pass folds both into the layer before where
 * there is one.
 */
export function batchNorm(
  b: GraphBuilder,
  x: ValueId,
  [weight, bias, mean, variance]: readonly (ValueId | undefined)[],
  epsilon: number,
): ValueId {
  if (mean === undefined || variance === undefined) {
    throw new OperatorError(
      "batch norm without running statistics cannot be exported; use track_running_stats",
    );
  }
  const deviation = pow(b, add(b, variance, epsilon), -0.5);
  const scale = weight === undefined ? deviation : mul(b, weight, deviation);
  const shift = bias === undefined ? mul(b, mul(b, mean, scale), -1) : sub(b, bias, mul(b, mean, scale));
  return add(b, mul(b, x, perChannel(b, x, scale)), perChannel(b, x, shift));
}

/** Normalizes each of `groups` groups of channels of x [N, C, …], then scales and shifts each channel. */
export function groupNorm(
  b: GraphBuilder,
  x: ValueId,
  groups: number,
  weight: ValueId | undefined,
  bias: ValueId | undefined,
  epsilon: number,
): ValueId {
  const shape = b.shapeOf(x);
  const [batch, channels] = shape as [number, number];
  if (shape.length < 2 || groups <= 0 || channels % groups !== 0) {
    throw new OperatorError(`${formatShape(shape)} does not divide into ${groups} groups of channels`);
  }
  const grouped = reshape(b, x, [batch * groups, sizeOf(shape) / (batch * groups)]);
  let result = reshape(b, b.apply("layerNorm", [grouped], { dims: 1, epsilon }), shape);
  if (weight !== undefined) result = mul(b, result, perChannel(b, x, weight));
  return bias === undefined ? result : add(b, result, perChannel(b, x, bias));
}

/** Layer norm over the last `dims` axes; a bias without a weight gets a weight of ones. */
export function layerNorm(
  b: GraphBuilder,
  x: ValueId,
  dims: number,
  weight: ValueId | undefined,
  bias: ValueId | undefined,
  epsilon: number,
): ValueId {
  if (weight === undefined && bias !== undefined) {
    return add(b, b.apply("layerNorm", [x], { dims, epsilon }), bias);
  }
  const parameters = [weight, bias].filter((parameter) => parameter !== undefined);
  return b.apply("layerNorm", [x, ...parameters], { dims, epsilon });
}

/** x divided by its root mean square over the last `dims` axes. */
export function rmsNorm(
  b: GraphBuilder,
  x: ValueId,
  dims: number,
  weight: ValueId | undefined,
  epsilon: number,
): ValueId {
  return b.apply("rmsNorm", weight === undefined ? [x] : [x, weight], { dims, epsilon });
}

/** weight = g · v / |v|, the norm taken over every axis but `axis`. */
export function weightNorm(b: GraphBuilder, v: ValueId, g: ValueId, axis: number): ValueId {
  const axes = b.shapeOf(v).flatMap((_, a) => (a === axis ? [] : [a]));
  const norm = pow(b, b.apply("sum", [mul(b, v, v)], { axes, keepDims: true }), 0.5);
  return mul(b, v, div(b, g, norm));
}
