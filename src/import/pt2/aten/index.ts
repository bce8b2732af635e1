import { algebraRules } from "./algebra.js";
import { creationRules } from "./creation.js";
import { functionRules } from "./functions.js";
import { joinRules } from "./joins.js";
import { linearRules } from "./linear.js";
import { movementRules } from "./movement.js";
import { paddingRules } from "./padding.js";
import { pointwiseRules } from "./pointwise.js";
import { poolingRules } from "./pooling.js";
import { quantizedRules } from "./quantized.js";
import { rankRules } from "./ranks.js";
import { recurrentRules } from "./recurrent.js";
import { reductionRules } from "./reduction.js";
import { scatterRules } from "./scatter.js";
import type { AtenRule } from "./rule.js";

/** What is known of ATen: every overload that a program may call. */
export const atenRules: ReadonlyMap<string, AtenRule> = new Map(
  [
    linearRules,
    poolingRules,
    pointwiseRules,
    reductionRules,
    movementRules,
    creationRules,
    recurrentRules,
    paddingRules,
    scatterRules,
    functionRules,
    rankRules,
    joinRules,
    algebraRules,
    quantizedRules,
  ].flatMap((rules) => Object.entries(rules)),
);
