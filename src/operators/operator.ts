import type { Tensor, TensorType } from "../tensor/types.js";
import type { Lowering } from "../lowering/lowering.js";
import type { Operand, Value } from "../lowering/operand.js";
import type { Site } from "../lowering/types.js";

/** A setting of a node that is not a tensor. */
export type Attribute = number | string | boolean | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;

/** What a node asks of its operands' scales: anything, one scale for all elements, or what its consumer asks. */
export type Scales = "any" | "one" | "as consumer";

/** A node that is to become integer operations: its place, and its inputs in order, of which one is computed. */
export interface LoweringInput {
  readonly lowering: Lowering;
  readonly site: Site;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
}

/** What becomes of one element of each input. */
export type Scalar = (...elements: number[]) => number;

/** What an operator makes of shapes and what it means on floats. */
export interface Meaning {
  readonly name: string;
  /** For operators that map element by element. */
  readonly scalar?: (attributes: Attributes) => Scalar;
  /** Types of the outputs, from those of the inputs. */
  infer(inputs: readonly TensorType[], attributes: Attributes): TensorType[];
  /** The float meaning: the reference that every other form of the operator is compared with. */
  evaluate(inputs: readonly Tensor[], attributes: Attributes): Tensor[];
}

/**
 * All that is known of one operator, in one place: its meaning, and what it becomes on integers. `infer`, `evaluate`
 * and `lower` may throw an `OperatorError`; whoever knows the node's name and module adds them.
 */
export interface Operator extends Meaning {
  /** Whether it moves elements and computes nothing, whatever is constant. */
  readonly moves?: true;
  readonly scales: Scales | ((isConstant: (input: number) => boolean) => Scales);
  /** The integer operations, in the vocabulary of `Lowering`: one operand an output. */
  lower(input: LoweringInput): Operand[];
}
