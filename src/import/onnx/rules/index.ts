import { attentionRules } from "./attention.js";
import { linearRules } from "./linear.js";
import { movementRules } from "./movement.js";
import { pointwiseRules } from "./pointwise.js";
import { quantizedRules } from "./quantized.js";
import { recurrentRules } from "./recurrent.js";
import { signalRules } from "./signal.js";
import { spatialRules } from "./spatial.js";
import type { OnnxRule } from "./rule.js";

/** What is known of ONNX's default operator set. */
export const onnxRules: ReadonlyMap<string, OnnxRule> = new Map(
  [
    linearRules,
    pointwiseRules,
    movementRules,
    recurrentRules,
    attentionRules,
    signalRules,
    spatialRules,
    quantizedRules,
  ].flatMap((rules) => Object.entries(rules)),
);
