import type { z } from "zod";
import type { Intervals } from "./bounds.js";
import type { Slice } from "./slice.js";

/** Number of an operation in its program; operations refer to earlier ones by it. */
export type TensorId = number;

export interface OperationBase {
  /** Module path and operator of the layer that the operation came from, for reports and circuits. */
  readonly name: string;
  readonly size: number;
}

/**
 * Who keeps the sums of a secret layer in range: the layer's own check, to which numbers of whole bits are in range
 * whatever the weights are; or the requantization that takes them, which has no witness for a sum beyond its width.
 * Undefined while the program is being made.
 */
export type SecretRange = "by itself" | "by consumer";

/** Everything that this package knows of one kind of operation, except for its gadgets. */
export interface OperationDefinition<O extends OperationBase> {
  /** How program.json spells the fields that are its own. */
  readonly fields: {
    readonly [F in Exclude<keyof O, keyof OperationBase | "kind">]-?: z.ZodType<O[F], z.ZodTypeDef, unknown>;
  };
  /** The tensors that it reads, in order. */
  operands(operation: O): readonly TensorId[];
  /**
   * Its meaning. All values are integers, and exact where `checkedIntervals` accepts the program.
   * @param operands their values, in order; for an input, what the user gives
   */
  execute(operation: O, operands: readonly Float64Array[]): Float64Array;
  /**
   * The intervals of its results, by interval arithmetic.
   * @param held who keeps a secret layer in range, as far as it concerns the operation
   * @throws Torch2CircomError where a table does not cover its input
   */
  intervals(operation: O, operands: readonly Intervals[], held?: SecretRange): Intervals;
  /** A bound of whatever is computed between operands and results. @default 0 */
  inside?(operation: O, operands: readonly Intervals[]): number;
  /** Whether it finds the elements of its operands by an index, so that the others can be anywhere. @default false */
  readonly indexed?: true;
  /**
   * What is left of it when only some elements of its result are read.
   * @param wanted a mark per element
   * @param sizes of its operands
   */
  slice(operation: O, wanted: Uint8Array, sizes: readonly number[]): Slice<O>;
}
