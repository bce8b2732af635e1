import { sizeOf } from "../../graph/tensor.js";
import type { Tensor } from "../../graph/types.js";
import { intOf } from "../../operators/attributes.js";
import { OperatorError } from "../../operators/operator.js";
import { isConstant, type Operand } from "../operand.js";
import { select } from "./comparison.js";
import { constantOf, operandOf, type LoweringRule, type RuleInput } from "./rule.js";

/**
 * Reshape, transpose, slice, concatenation, padding, a choice by a constant mask, …: the float rule is run on the
 * numbers of elements instead of their values, twice with different numbers. What differs is a computed element,
 * what does not is a constant that came from the model.
 */
const movement: LoweringRule = {
  scales: "as consumer",
  lower(input) {
    const { lowering, site, inputs } = input;
    let operands = inputs.filter((value): value is Operand => !isConstant(value));
    if (site.uniform) operands = lowering.align(site, operands);
    const total = operands.reduce((sum, x) => sum + sizeOf(x.shape), 0);
    const first = move(input, 1);
    const second = move(input, 1 + total);
    return first.map(({ shape, data }, o) => {
      const constant = (i: number) => data[i] === second[o].data[i] || Number.isNaN(data[i]);
      const index = Int32Array.from(data, (element, i) => (constant(i) ? -1 : element - 1));
      const still =
        operands.length === 1 && index.length === total && index.every((source, i) => source === i);
      if (still) return lowering.reshape(operands[0], shape);
      return lowering.view(site, operands, index, shape, data);
    });
  },
};

/** The float rule on computed elements numbered from `start`. */
function move({ inputs, attributes, operator }: RuleInput, start: number): Tensor[] {
  let next = start;
  const numbered = inputs.map((value): Tensor => {
    if (isConstant(value)) return value;
    const from = next;
    next += sizeOf(value.shape);
    return {
      dtype: "float",
      shape: value.shape,
      data: Float64Array.from({ length: next - from }, (_, i) => from + i),
    };
  });
  return operator.evaluate(numbered, attributes);
}

/** With constant indices a movement; with computed ones a table of which each index chooses a row (embedding). */
const gather: LoweringRule = {
  scales: (_, isConstantInput) => (isConstantInput(1) ? "as consumer" : "one"),
  lower(input) {
    const { lowering, site, inputs, attributes } = input;
    if (isConstant(inputs[1])) return movement.lower(input);
    const table = constantOf(inputs, 0);
    if (intOf(attributes, "axis") !== 0)
      throw new OperatorError("a computed index must choose along the first axis");
    return [lowering.lookup(site, table, operandOf(inputs, 1), site.types[0].shape)];
  },
};

const moving = ["reshape", "transpose", "expand", "slice", "concat", "pad", "gatherElements"] as const;

/** With a constant condition a movement; with a computed one a product. */
const where: LoweringRule = {
  scales: (_, isConstantInput) => (isConstantInput(0) ? "as consumer" : "one"),
  lower: (input) => (isConstant(input.inputs[0]) ? movement.lower(input) : [select(input)]),
};

export const movementRules: readonly (readonly [string, LoweringRule])[] = [
  ...moving.map((name) => [name, movement] as const),
  ["gather", gather],
  ["where", where],
];
