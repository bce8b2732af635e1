import type { Recipe } from "../artifacts/recipe.js";
import { hashOf } from "../artifacts/hash.js";
import type { Graph } from "../graph/types.js";
import { buildNetlist, type ProvenNetlist } from "../netlist/netlist.js";
import { withoutSecrets } from "../program/secret.js";
import { serializeProgram } from "../program/serialize.js";
import type { Program } from "../program/types.js";
import { outputModeOf } from "../program/modes.js";
import { quantize, type SharedWork } from "../quantize/quantize.js";
import type { Range } from "../lowering/types.js";

/** The part of a recipe that makes the program and its circuit. Builds know the ranges even of private weights. */
export interface ProgramRecipe extends Pick<Recipe, "input" | "output" | "weights" | "precision"> {
  readonly ranges: ReadonlyMap<string, Range>;
}

/**
 * Graph and recipe -> program and netlist: the one road, of a build and of whoever makes its circuit again.
 *
 * @param graph of the model file, as {@link poolBeforeActivation} leaves it
 * @param sha256 of the model file
 * @param shared with other programs of the graph, with these ranges
 */
export function followRecipe(
  graph: Graph,
  sha256: string,
  { input, output, weights, precision, ranges }: ProgramRecipe,
  shared?: SharedWork,
): { readonly program: Program; readonly netlist: ProvenNetlist } {
  const program = quantize(graph, ranges, {
    precision,
    output: output === "argmax" ? "argmax" : "public",
    source: sha256,
    secretWeights: weights === "private",
    shared,
  });
  const named = weights === "private" ? { ...program, source: publicHash(program) } : program;
  return {
    program: named,
    netlist: buildNetlist(named, input, outputModeOf(output)),
  };
}

/** What names a program with secret weights: the hash of what is published of it. */
function publicHash(program: Program): string {
  return hashOf(serializeProgram(withoutSecrets({ ...program, source: "" })));
}
