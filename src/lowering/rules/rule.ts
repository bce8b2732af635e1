import type { Attributes, GraphNode, Tensor } from "../../graph/types.js";
import { OperatorError, type Operator } from "../../operators/operator.js";
import type { Lowering } from "../lowering.js";
import type { Site } from "../types.js";
import { isConstant, type Operand, type Value } from "../operand.js";

/** What a rule asks of its operands' scales: anything, one scale for all elements, or what its consumer asks. */
export type Scales = "any" | "one" | "as consumer";

/** What a rule is given: the node's place, its inputs in order, and the operator's float meaning. */
export interface RuleInput {
  readonly lowering: Lowering;
  readonly site: Site;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly operator: Operator;
}

/** How an operator becomes integer operations. */
export interface LoweringRule {
  lower(input: RuleInput): Operand[];
  readonly scales: Scales | ((node: GraphNode, isConstant: (input: number) => boolean) => Scales);
}

/** @throws OperatorError where the input is a constant or not there */
export function operandOf(inputs: readonly Value[], index: number): Operand {
  const value = inputs[index];
  if (value === undefined) throw new OperatorError(`input ${index} is missing`);
  if (isConstant(value)) throw new OperatorError(`input ${index} must be computed, not a constant`);
  return value;
}

/** @throws OperatorError where the input is computed or not there */
export function constantOf(inputs: readonly Value[], index: number): Tensor {
  const value = inputs[index];
  if (value === undefined) throw new OperatorError(`input ${index} is missing`);
  if (!isConstant(value)) throw new OperatorError(`input ${index} must be a constant of the model`);
  return value;
}

/** An optional constant vector, zeros where it is not there. */
export function vectorOr0(inputs: readonly Value[], index: number, size: number): Float64Array {
  return inputs[index] === undefined ? new Float64Array(size) : constantOf(inputs, index).data;
}
