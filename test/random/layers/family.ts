import type { GraphBuilder } from "../../../src/graph/builder.js";
import { sizeOf } from "../../../src/tensor/tensor.js";
import type { ValueId } from "../../../src/graph/types.js";
import { constantsOf, type Constants } from "../constants.js";
import type { Random } from "../random.js";

/** What a layer is built into: the graph, and the values of the layers before it. */
export interface Context {
  readonly b: GraphBuilder;
  readonly earlier: readonly ValueId[];
}

/** One layer as plain data. Whatever comes before it, it can be built: that is what lets a recipe shrink. */
export interface Layer {
  readonly kind: string;
}

/** Layers of one kind: how one is drawn, and what it becomes behind a value of any shape of at least two axes. */
export interface Family {
  draw(random: Random): object;
  build(context: Context, x: ValueId, layer: Layer): ValueId;
}

export function family<L extends object>(
  draw: (random: Random) => L,
  build: (context: Context, x: ValueId, layer: L) => ValueId,
): Family {
  return { draw, build: (context, x, layer) => build(context, x, layer as unknown as L) };
}

export function lastOf(b: GraphBuilder, x: ValueId): number {
  return b.shapeOf(x).at(-1)!;
}

export function reshape(b: GraphBuilder, x: ValueId, shape: readonly number[]): ValueId {
  return b.apply("reshape", [x], { shape });
}

/** The value as [1, rows, features]. */
export function asRows(b: GraphBuilder, x: ValueId): ValueId {
  const shape = b.shapeOf(x);
  if (shape.length === 3 && shape[0] === 1) return x;
  return reshape(b, x, [1, sizeOf(shape.slice(0, -1)), shape.at(-1)!]);
}

/** A linear layer on the last axis. */
export function project(
  b: GraphBuilder,
  x: ValueId,
  out: number,
  weights: Constants | null,
  bias?: Constants | null,
): ValueId {
  const inputs = [x, b.constant(constantsOf([out, lastOf(b, x)], weights))];
  if (bias) inputs.push(b.constant(constantsOf([out], bias)));
  return b.apply("linear", inputs);
}

/** At most so many of the first places of every axis: what is cut off is computed and not read. */
export function cut(b: GraphBuilder, x: ValueId, most: number): ValueId {
  const shape = b.shapeOf(x);
  const size = shape.map((length) => Math.min(length, most));
  if (size.every((length, axis) => length === shape[axis])) return x;
  return b.apply("slice", [x], { start: shape.map(() => 0), step: shape.map(() => 1), size });
}
