import { numberOf } from "../../operators/attributes.js";
import type { Operand } from "../operand.js";
import { operandOf, type LoweringRule, type RuleInput } from "./rule.js";

const relu: LoweringRule = {
  scales: "as consumer",
  lower: ({ lowering, site, inputs }) => [lowering.relu(site, operandOf(inputs, 0), site.outputRanges[0])],
};

/** Any function of one number, by a table over the calibrated range of its argument. */
const byTable: LoweringRule = {
  scales: "one",
  lower(input) {
    const { lowering, site, inputs } = input;
    return [
      lowering.activate(
        site,
        operandOf(inputs, 0),
        scalarOf(input),
        site.inputRanges[0],
        site.outputRanges[0],
      ),
    ];
  },
};

/** The operator's float meaning on single numbers. */
function scalarOf({ operator, attributes }: RuleInput): (x: number) => number {
  return (x) =>
    operator.evaluate([{ dtype: "float", shape: [], data: Float64Array.of(x) }], attributes)[0].data[0];
}

/**
 * Saturation from 0 at some bound (ReLU6) where the scale was chosen so that the bound is the greatest integer; else
 * one of its two sides may be beyond what was seen, and a table does the rest.
 */
const clamp: LoweringRule = {
  scales: "as consumer",
  lower(input): Operand[] {
    const { lowering, site, inputs, attributes } = input;
    const [min, max] = [numberOf(attributes, "min"), numberOf(attributes, "max")];
    const x = operandOf(inputs, 0);
    if (min === 0 && max === Infinity) return [lowering.relu(site, x, site.outputRanges[0])];
    const exact = min === 0 ? lowering.saturate(site, x, max) : undefined;
    return exact === undefined ? byTable.lower(input) : [exact];
  },
};

const pow: LoweringRule = {
  scales: "one",
  lower(input) {
    const { lowering, site, inputs, attributes } = input;
    if (numberOf(attributes, "exponent") !== 2) return byTable.lower(input);
    const x = lowering.settle(site.name, lowering.narrow(site, operandOf(inputs, 0), site.inputRanges[0]));
    return [lowering.product(site, x, x, x.shape)];
  },
};

/** Elements keep their values; types are a matter of the graph only. */
const cast: LoweringRule = { scales: "as consumer", lower: ({ inputs }) => [operandOf(inputs, 0)] };

const tabulated = [
  "leakyRelu",
  "sigmoid",
  "tanh",
  "gelu",
  "silu",
  "mish",
  "softplus",
  "elu",
  "hardSigmoid",
  "hardSwish",
  "exp",
  "log",
  "abs",
  "sign",
  "floor",
  "ceil",
  "round",
  "erf",
  "sin",
  "cos",
  "atan",
] as const;

export const pointwiseRules: readonly (readonly [string, LoweringRule])[] = [
  ["relu", relu],
  ["clamp", clamp],
  ["pow", pow],
  ["cast", cast],
  ...tabulated.map((name) => [name, byTable] as const),
];
