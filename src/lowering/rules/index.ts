import { arithmeticRules } from "./arithmetic.js";
import { comparisonRules } from "./comparison.js";
import { linearRules } from "./linear.js";
import { movementRules } from "./movement.js";
import { normalizationRules } from "./normalization.js";
import { pointwiseRules } from "./pointwise.js";
import { reductionRules } from "./reduction.js";
import type { LoweringRule } from "./rule.js";

/** The lowering rule of every operator that can be proved. */
export const loweringRules: ReadonlyMap<string, LoweringRule> = new Map([
  ...linearRules,
  ...movementRules,
  ...arithmeticRules,
  ...comparisonRules,
  ...reductionRules,
  ...normalizationRules,
  ...pointwiseRules,
]);
