import { type Attributes, type LoweringInput } from "./operator.js";
import type { Tensor, TensorType } from "../tensor/types.js";
import { isConstant, type Operand, type Value } from "../lowering/operand.js";
import { OperatorError } from "../errors/operatorError.js";

/** Typed access to a node's attributes and inputs; a missing or mistyped one is an OperatorError by its name. */

export function numberOf(attributes: Attributes, name: string): number {
  const value = attributes[name];
  if (typeof value !== "number") throw new OperatorError(`attribute "${name}" must be a number`);
  return value;
}

export function intOf(attributes: Attributes, name: string): number {
  const value = numberOf(attributes, name);
  if (!Number.isInteger(value))
    throw new OperatorError(`attribute "${name}" must be an integer, not ${value}`);
  return value;
}

export function flagOf(attributes: Attributes, name: string): boolean {
  const value = attributes[name];
  if (typeof value !== "boolean") throw new OperatorError(`attribute "${name}" must be true or false`);
  return value;
}

export function textOf(attributes: Attributes, name: string): string {
  const value = attributes[name];
  if (typeof value !== "string") throw new OperatorError(`attribute "${name}" must be a text`);
  return value;
}

/** A list of integers, of the given length where one is given. */
export function intsOf(attributes: Attributes, name: string, length?: number): readonly number[] {
  const value = attributes[name];
  if (!Array.isArray(value) || !value.every((entry) => Number.isInteger(entry))) {
    throw new OperatorError(`attribute "${name}" must be a list of integers`);
  }
  if (length !== undefined && value.length !== length) {
    throw new OperatorError(`attribute "${name}" must hold ${length} integers, not ${value.length}`);
  }
  return value as readonly number[];
}

/** The input at `index`; operators with optional last inputs ask `inputs[index]` themselves. */
export function inputOf<T extends Tensor | TensorType>(inputs: readonly T[], index: number): T {
  const input = inputs[index];
  if (input === undefined) throw new OperatorError(`input ${index} is missing`);
  return input;
}

export function expect(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new OperatorError(problem);
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

/** A computed input, requantized to activation bits where it is wider. */
export function narrowed({ lowering, site, inputs }: LoweringInput, index: number): Operand {
  return lowering.narrow(site, operandOf(inputs, index), site.inputRanges[index]);
}
