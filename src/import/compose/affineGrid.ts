import type { GraphBuilder } from "../../graph/builder.js";
import { sizeOf, tensor } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { matmul } from "./arithmetic.js";
import { reshape, sequence, swapAxes } from "./movement.js";

/**
 * The places of an image [N, C, …size] under affine maps theta [N, d, d + 1], as a grid [N, …size, d] of which -1 and 1
 * are the image's ends, the last axis first.
 */
export function affineGrid(
  b: GraphBuilder,
  theta: ValueId,
  size: readonly number[],
  alignCorners: boolean,
): ValueId {
  const dims = size.length;
  const [batch, rows, columns] = b.shapeOf(theta);
  if (b.shapeOf(theta).length !== 3 || rows !== dims || columns !== dims + 1 || dims < 1)
    throw new OperatorError(`the map does not fit an image of ${dims} axes`);
  const count = sizeOf(size);
  const coordinate = (i: number, length: number): number => {
    if (alignCorners) return length === 1 ? 0 : (2 * i) / (length - 1) - 1;
    return (2 * i + 1) / length - 1;
  };
  const strides = size.map((_, axis) => sizeOf(size.slice(axis + 1)));
  const places = sequence(count * (dims + 1), (k) => {
    const [place, part] = [Math.floor(k / (dims + 1)), k % (dims + 1)];
    if (part === dims) return 1;
    const axis = dims - 1 - part;
    return coordinate(Math.floor(place / strides[axis]) % size[axis], size[axis]);
  });
  const all = b.constant(tensor("float", [count, dims + 1], places), "places");
  return reshape(b, matmul(b, all, swapAxes(b, theta, 1, 2)), [batch, ...size, dims]);
}
