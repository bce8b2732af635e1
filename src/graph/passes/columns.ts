import type { GraphBuilder } from "../builder.js";
import { normalizeAxis, sizeOf } from "../../tensor/tensor.js";
import type { ValueId } from "../types.js";
import type { Shape } from "../../tensor/types.js";
import { made, uniform } from "./match.js";

/** A sum over axes of x, scaled and shifted by constants: factor · Σ x + shift. */
export interface ScaledSum {
  readonly x: ValueId;
  /** Counted from the front, in order. */
  readonly axes: readonly number[];
  /** How many elements a sum is of. */
  readonly count: number;
  readonly factor: number;
  readonly shift: number;
  /** Whether the sums, in the shape that they finally got, meet the elements that they are of. */
  readonly aligned: boolean;
}

/**
 * Looks at values that have one number for each row of another: what is behind shapes that were given axes of size 1, or
 * repeated along them.
 */
export class Column {
  private shape: Shape | undefined;

  constructor(readonly b: GraphBuilder) {}

  /** The value without what only spreads it. */
  inner(id: ValueId): ValueId {
    const node = this.b.producerOf(id);
    if (node?.op === "reshape") {
      this.shape ??= this.b.shapeOf(id);
      return this.inner(node.inputs[0]);
    }
    // Repeated and then given another shape: no column any more.
    if (node?.op !== "expand" || this.shape !== undefined) return id;
    return this.inner(node.inputs[0]);
  }

  /** The sum that the value is, if it is one. */
  sum(spread: ValueId): ScaledSum | undefined {
    const id = this.inner(spread);
    const node = this.b.producerOf(id);
    if (node?.op === "sum" || node?.op === "mean") {
      const x = node.inputs[0];
      const shape = this.b.shapeOf(x);
      const axes = (node.attributes.axes as readonly number[]).map((axis) =>
        normalizeAxis(axis, shape.length)!,
      );
      axes.sort((a, c) => a - c);
      const count = sizeOf(axes.map((axis) => shape[axis]));
      const factor = node.op === "mean" ? 1 / count : 1;
      return { x, axes, count, factor, shift: 0, aligned: this.isAligned(id, x, axes) };
    }
    const scaled = this.scaled(id);
    const inside = scaled && this.sum(scaled.of);
    return (
      inside && {
        ...inside,
        factor: inside.factor * scaled.factor,
        shift: inside.shift * scaled.factor + scaled.shift,
      }
    );
  }

  /** The value as a multiple of another and a constant. */
  scaled(id: ValueId): { of: ValueId; factor: number; shift: number } | undefined {
    const node = this.b.producerOf(id);
    const [left, right] = node?.inputs ?? [];
    if (left === undefined || right === undefined) return undefined;
    const [first, second] = [uniform(this.b, left), uniform(this.b, right)];
    const constant = first ?? second;
    if (constant === undefined) return undefined;
    const of = first === undefined ? left : right;
    switch (node!.op) {
      case "add":
        return { of, factor: 1, shift: constant };
      case "sub":
        return first === undefined
          ? { of, factor: 1, shift: -constant }
          : { of, factor: -1, shift: constant };
      case "mul":
        return { of, factor: constant, shift: 0 };
      case "div":
        return first === undefined ? { of, factor: 1 / constant, shift: 0 } : undefined;
      default:
        return undefined;
    }
  }

  /** Whether a value of `reduced`'s elements, in the shape that it finally got, has size 1 along the axes of x. */
  isAligned(reduced: ValueId, x: ValueId, axes: readonly number[]): boolean {
    const shape = this.b.shapeOf(x);
    const own = this.shape ?? this.b.shapeOf(reduced);
    const lead = shape.length - own.length;
    return (
      shape.every((size, axis) => (own[axis - lead] ?? 1) === (axes.includes(axis) ? 1 : size)) && lead >= 0
    );
  }
}

/** x with the axes last and in one. */
export function rowsAlong(b: GraphBuilder, x: ValueId, axes: readonly number[]): ValueId {
  const shape = b.shapeOf(x);
  const { perm, outer } = turning(shape, axes);
  const rows = outer.map((axis) => shape[axis]).concat(sizeOf(axes.map((axis) => shape[axis])));
  return b.apply("reshape", [b.apply("transpose", [x], { perm })], { shape: rows });
}

/** Applies `make`, which keeps the shape, to x with the axes last and in one, and turns the result back. */
export function alongRows(
  b: GraphBuilder,
  x: ValueId,
  axes: readonly number[],
  make: (rows: ValueId) => ValueId,
): ValueId {
  const shape = b.shapeOf(x);
  const { perm } = turning(shape, axes);
  const result = make(rowsAlong(b, x, axes));
  const back = b.apply("reshape", [result], { shape: perm.map((axis) => shape[axis]) });
  return b.apply("transpose", [back], { perm: perm.map((_, axis) => perm.indexOf(axis)) });
}

function turning(shape: Shape, axes: readonly number[]): { perm: number[]; outer: number[] } {
  const outer = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  return { perm: [...outer, ...axes], outer };
}

/** The x of x² in any of its forms. */
export function rootOfSquare(b: GraphBuilder, id: ValueId): ValueId | undefined {
  const product = made(b, id, "mul")?.inputs;
  const power = made(b, id, "pow");
  const root =
    product !== undefined && product[0] === product[1]
      ? product[0]
      : power?.attributes.exponent === 2
        ? power.inputs[0]
        : undefined;
  return root && (made(b, root, "abs")?.inputs[0] ?? root);
}
