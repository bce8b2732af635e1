import { activate, type ActivateOperation } from "./activate.js";
import { argmax, type ArgmaxOperation } from "./argmax.js";
import type { OperationDefinition, TensorId } from "./definition.js";
import { input, type InputOperation } from "./input.js";
import { linear, type LinearOperation } from "./linear.js";
import { lookup, type LookupOperation } from "./lookup.js";
import { matmul, type MatmulOperation } from "./matmul.js";
import { max, type MaxOperation } from "./max.js";
import { normalize, type NormalizeOperation } from "./normalize.js";
import { product, type ProductOperation } from "./product.js";
import { reciprocal, type ReciprocalOperation } from "./reciprocal.js";
import { requantize, type RequantizeOperation } from "./requantize.js";
import { softmax, type SoftmaxOperation } from "./softmax.js";
import { topk, type TopKOperation } from "./topk.js";
import { view, type ViewOperation } from "./view.js";

export type Operation =
  | InputOperation
  | LinearOperation
  | ViewOperation
  | RequantizeOperation
  | MaxOperation
  | ActivateOperation
  | ArgmaxOperation
  | TopKOperation
  | ProductOperation
  | ReciprocalOperation
  | MatmulOperation
  | LookupOperation
  | SoftmaxOperation
  | NormalizeOperation;

/** All kinds. One that is missing here, or a field that is missing in an entry, does not compile. */
export const OPERATIONS: {
  readonly [K in Operation["kind"]]: OperationDefinition<Extract<Operation, { kind: K }>>;
} = {
  input,
  linear,
  view,
  requantize,
  max,
  activate,
  argmax,
  topk,
  product,
  reciprocal,
  matmul,
  lookup,
  softmax,
  normalize,
};

export function definitionOf(operation: Operation): OperationDefinition<Operation> {
  return OPERATIONS[operation.kind];
}

/** The tensors that an operation reads. */
export function operandsOf(operation: Operation): readonly TensorId[] {
  return definitionOf(operation).operands(operation);
}

/** The operation on other tensors of the same sizes. */
export function readingFrom(operation: Operation, operands: readonly TensorId[]): Operation {
  if (
    operandsOf(operation).every((id, i) => id === operands[i]) &&
    operandsOf(operation).length === operands.length
  )
    return operation;
  return {
    ...operation,
    ...("inputs" in operation ? { inputs: operands } : { input: operands[0] }),
  } as Operation;
}
