import { axisOperators } from "./alongAxis.js";
import { arithmeticOperators } from "./arithmetic.js";
import { comparisonOperators } from "./comparison.js";
import { convolutionOperators } from "./convolution.js";
import { functionOperators } from "./function.js";
import { gatherOperators } from "./gather.js";
import { linearOperators } from "./linear.js";
import { movementOperators } from "./movement.js";
import { normalizationOperators } from "./normalization.js";
import { type Operator } from "./operator.js";
import { OperatorError } from "../errors/operatorError.js";
import { pointwiseOperators } from "./pointwise.js";
import { poolingOperators } from "./pooling.js";
import { quantizationOperators } from "./quantization.js";
import { reductionOperators } from "./reduction.js";
import { softmaxOperators } from "./softmax.js";

/** Every operator that a graph may hold. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [
    ...linearOperators,
    ...convolutionOperators,
    ...poolingOperators,
    ...pointwiseOperators,
    ...quantizationOperators,
    ...arithmeticOperators,
    ...comparisonOperators,
    ...functionOperators,
    ...reductionOperators,
    ...axisOperators,
    ...softmaxOperators,
    ...normalizationOperators,
    ...movementOperators,
    ...gatherOperators,
  ].map((operator) => [operator.name, operator]),
);

export function operatorOf(name: string): Operator {
  const operator = operators.get(name);
  if (operator === undefined) throw new OperatorError(`there is no operator "${name}"`);
  return operator;
}
