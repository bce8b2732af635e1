import type { Attributes, Tensor, TensorType } from "../graph/types.js";

/**
 * All that is known of one operator, in one place: what it makes of shapes and what it means on floats.
 * `infer` and `evaluate` may throw an `OperatorError`; whoever knows the node's name and module adds them.
 */
export interface Operator {
  readonly name: string;
  /** Types of the outputs, from those of the inputs. */
  infer(inputs: readonly TensorType[], attributes: Attributes): TensorType[];
  /** The float meaning: the reference that every other form of the operator is compared with. */
  evaluate(inputs: readonly Tensor[], attributes: Attributes): Tensor[];
}

/** Why an operator cannot take what it was given. Carries no place: the caller adds node and module. */
export class OperatorError extends Error {}
