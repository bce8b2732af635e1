import { formatShape, normalizeAxis, sizeOf } from "../tensor/tensor.js";
import type { Attributes } from "./operator.js";
import type { DType, Shape } from "../tensor/types.js";
import { intOf } from "./attributes.js";
import { OperatorError } from "../errors/operatorError.js";
import { int32s } from "../program/int32.js";

/** The attribute as an axis of a tensor of this shape, counted from the front. */
export function axisOf(attributes: Attributes, shape: Shape, name = "axis"): number {
  const axis = normalizeAxis(intOf(attributes, name), shape.length);
  if (axis === undefined) {
    throw new OperatorError(`${formatShape(shape)} has no axis ${intOf(attributes, name)}`);
  }
  return axis;
}

/** A tensor seen as [outer, size, inner] around one axis. */
export function aroundAxis(shape: Shape, axis: number): { outer: number; size: number; inner: number } {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    size: shape[axis] ?? 1,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

/** Calls `visit(start, stride, size)` for each line of elements along the axis. */
export function alongAxis(
  shape: Shape,
  axis: number,
  visit: (start: number, stride: number, size: number, line: number) => void,
): void {
  const { outer, size, inner } = aroundAxis(shape, axis);
  for (let o = 0, line = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) visit(o * size * inner + i, inner, size, line++);
  }
}

/** The elements along the axis, line after line. */
export function linesAlong(shape: Shape, axis: number): Int32Array {
  const elements: number[] = [];
  alongAxis(shape, axis, (start, stride, size) => {
    for (let i = 0; i < size; i++) elements.push(start + i * stride);
  });
  return int32s(elements, "an index");
}

/** The type of sums: bools are counted. */
export function countType(input: DType): DType {
  return input === "bool" ? "int" : input;
}
