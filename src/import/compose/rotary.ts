import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { add, mul, sub } from "./arithmetic.js";
import { concat, reshape, slice, stack } from "./movement.js";

/**
 * Turns pairs of the first 2·R features of x [..., R] by the angles whose cosines and sines [..., R] broadcast: pairs of
 * neighbors where `interleaved`, else of the first half and the second.
 */
export function rotate(
  b: GraphBuilder,
  x: ValueId,
  cos: ValueId,
  sin: ValueId,
  interleaved: boolean,
): ValueId {
  const shape = b.shapeOf(x);
  const axis = shape.length - 1;
  const pairs = b.shapeOf(cos).at(-1)!;
  const width = 2 * pairs;
  if (width > shape[axis] || b.shapeOf(sin).at(-1) !== pairs)
    throw new OperatorError(`${pairs} angles do not fit ${shape[axis]} features`);
  const turned = slice(b, x, axis, 0, width);
  const [first, second] = interleaved
    ? [slice(b, turned, axis, 0, width, 2), slice(b, turned, axis, 1, width, 2)]
    : [slice(b, turned, axis, 0, pairs), slice(b, turned, axis, pairs, width)];
  const real = sub(b, mul(b, cos, first), mul(b, sin, second));
  const imaginary = add(b, mul(b, sin, first), mul(b, cos, second));
  const both = interleaved
    ? reshape(b, stack(b, [real, imaginary], axis + 1), [...shape.slice(0, -1), width])
    : concat(b, [real, imaginary], axis);
  return width === shape[axis] ? both : concat(b, [both, slice(b, x, axis, width, undefined)], axis);
}
