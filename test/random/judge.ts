import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { lower, modelOf, type Lowered, type RandomModel } from "./model.js";
import type { Recipe } from "./recipe.js";

/** What came of a model: nothing to say, a refusal in proper words, or a failure. */
export type Outcome =
  { readonly kind: "fine" } | { readonly kind: "refused"; readonly text: string } | Failure;

export interface Failure {
  readonly kind: "failed";
  /** What failed, the same words for all models in which it does. */
  readonly failure: string;
  readonly text: string;
}

export const FINE: Outcome = { kind: "fine" };

export function failed(failure: string, text: string): Failure {
  return { kind: "failed", failure, text };
}

/** A check of a model that was not refused. */
export type Check = (model: RandomModel, lowered: Lowered) => Outcome | Promise<Outcome>;

/** Builds and lowers a recipe's model and hands it to a check; whatever is thrown is judged. */
export async function judge(recipe: Recipe, check: Check): Promise<Outcome> {
  let model: RandomModel;
  try {
    model = modelOf(recipe);
  } catch (error) {
    return failed("the model cannot be built", wordsOf(error));
  }
  let lowered: Lowered;
  try {
    lowered = lower(model);
  } catch (error) {
    return refusal(error, model);
  }
  try {
    return await check(model, lowered);
  } catch (error) {
    return failed("the check threw", wordsOf(error));
  }
}

/** A refusal says which layer, input or output it is about, and does not blame the compiler. */
export function refusal(error: unknown, { graph }: Pick<RandomModel, "graph">): Outcome {
  const text = wordsOf(error);
  if (!(error instanceof Torch2CircomError)) return failed("an error that is not a refusal", text);
  if (/defect/.test(text)) return failed("a defect", text);
  if (/assumption/.test(text)) return failed("an assumption that is not proven", text);
  const names = [
    ...graph.nodes.map(({ name }) => name),
    ...[...graph.inputs, ...graph.outputs].map(({ id }) => id),
  ];
  if (!names.some((name) => text.includes(name))) return failed("a refusal without a name", text);
  return { kind: "refused", text };
}

export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof Torch2CircomError ? error.message : (error.stack ?? error.message);
}
