import { sizeOf, tensor } from "../../../src/tensor/tensor.js";
import type { Shape, Tensor } from "../../../src/tensor/types.js";
import type { Node, Tensors, Value } from "../../import/pt2/program.js";
import { numbers } from "../toIntegers.js";

/** A small program of ATen operators: its nodes, whose last result is "y", its inputs, and its constants. */
export interface AtenCase {
  readonly nodes: readonly Node[];
  readonly inputs: Tensors;
  readonly constants?: Tensors;
  /** Of the samples' numbers; [-2, 2] unless told. */
  readonly range?: readonly [number, number];
  /** Whether its results jump, so that few of them may fall on the other side. */
  readonly jumps?: boolean;
}

export type Arguments = Readonly<Record<string, Value>>;
export type Options = Omit<Partial<AtenCase>, "nodes" | "inputs">;

/** A constant of random numbers in [-1, 1), or in the range. */
export function random(shape: Shape, seed = 1, range: readonly [number, number] = [-1, 1]): Tensor {
  return tensor("float", shape, numbers(sizeOf(shape), 1000 + seed, range));
}

export const ints = (shape: Shape, ...data: number[]): Tensor => tensor("int", shape, data);
export const zeros = (shape: Shape): Tensor => tensor("float", shape, new Float64Array(sizeOf(shape)));
export const ids = (...shape: number[]): Tensor => tensor("int", shape, new Float64Array(sizeOf(shape)));

/** One operator on x. */
export function on(shape: Shape, operator: string, args: Arguments, options: Options = {}): AtenCase {
  return several(shape, [[operator, args]], options);
}

/** Several operators, of which the first reads x. */
export function several(shape: Shape, nodes: readonly Node[], options: Options = {}): AtenCase {
  return { nodes, inputs: { x: zeros(shape) }, ...options };
}

/** One operator on two inputs, x and z. */
export function both(
  operator: string,
  args: Arguments,
  shapes: [Shape, Shape],
  options: Options = {},
): AtenCase {
  return { nodes: [[operator, args]], inputs: { x: zeros(shapes[0]), z: zeros(shapes[1]) }, ...options };
}

/** A mask of where x is greater than 0.3. */
export const mask: Node = ["gt.Scalar", { self: "%x", other: 0.3 }, ["m"]];

/** Samples away from 0, and results that jump. */
export const positive = { range: [0.3, 3] } as const;
export const steep = { jumps: true } as const;
