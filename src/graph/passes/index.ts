import type { Graph } from "../types.js";
import { centerVariance } from "./centerVariance.js";
import { computedIndices } from "./computedIndices.js";
import { computedWeights } from "./computedWeights.js";
import { dropIdentities } from "./dropIdentities.js";
import { foldConstants } from "./foldConstants.js";
import { foldFunctions } from "./foldFunctions.js";
import { foldInfinityTests } from "./foldInfinityTests.js";
import { fuseAffine } from "./fuseAffine.js";
import { linearizeMatmul } from "./linearizeMatmul.js";
import { recognizeQuantization } from "./recognizeQuantization.js";
import { recognizeNorms } from "./recognizeNorms.js";
import { recognizeSoftmax } from "./recognizeSoftmax.js";
import { removeDeadCode } from "./removeDeadCode.js";
import { shareEqualNodes } from "./shareEqualNodes.js";

export type Pass = (graph: Graph) => Graph;

/** The passes that every imported model goes through, in order. */
const standardPasses: readonly Pass[] = [
  foldConstants,
  foldInfinityTests,
  dropIdentities,
  recognizeQuantization,
  centerVariance,
  shareEqualNodes,
  recognizeSoftmax,
  recognizeNorms,
  dropIdentities,
  removeDeadCode,
  computedIndices,
  computedWeights,
  dropIdentities,
  linearizeMatmul,
  fuseAffine,
  foldFunctions,
  removeDeadCode,
];

export function simplify(graph: Graph, passes: readonly Pass[] = standardPasses): Graph {
  return passes.reduce((current, pass) => pass(current), graph);
}
