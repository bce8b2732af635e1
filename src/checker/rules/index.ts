import type { Kind } from "../program.js";
import { argmax, max, topK } from "./comparisons.js";
import { reciprocal } from "./divide.js";
import { convolution, dense, product, secretLinear } from "./linear.js";
import { matmul } from "./matmul.js";
import { layerNorm, rootMeanSquare } from "./norm.js";
import { clamp, relu, requantize } from "./requantize.js";
import type { Instance, Rule } from "./rule.js";
import { softmax } from "./softmax.js";
import { below, binaryLookup, even, lookup, odd, table } from "./tables.js";

function rule<K extends Kind>({ kind, check }: Rule<K>): Rule {
  return {
    kind,
    check(instance) {
      const { operation } = instance;
      const isOwn = instance.check(
        "a template of another operation",
        operation.kind === kind,
        () => operation.kind,
      );
      if (isOwn) check(instance as unknown as Instance<K>);
    },
  };
}

/** The rule of each template that a generated circuit may use for an operation. One without a rule is a finding. */
export const RULES: ReadonlyMap<string, Rule> = new Map([
  ["Dense", rule(dense)],
  ["Convolution", rule(convolution)],
  ["SecretLinear", rule(secretLinear)],
  ["RequantizeLayer", rule(requantize)],
  ["RequantizeReLULayer", rule(relu)],
  ["RequantizeClampLayer", rule(clamp)],
  ["TableLayer", rule(table)],
  ["EvenLayer", rule(even)],
  ["BelowLayer", rule(below)],
  ["OddLayer", rule(odd)],
  ["MaxLayer", rule(max)],
  ["ArgMaxLayer", rule(argmax)],
  ["TopKLayer", rule(topK)],
  ["ProductLayer", rule(product)],
  ["ReciprocalLayer", rule(reciprocal)],
  ["MatMulLayer", rule(matmul)],
  ["LookupLayer", rule(lookup)],
  ["BinaryLookupLayer", rule(binaryLookup)],
  ["SoftmaxLayer", rule(softmax)],
  ["LayerNormLayer", rule(layerNorm)],
  ["RootMeanSquareNormLayer", rule(rootMeanSquare)],
]);
