import { checkCompiled } from "./compiled.js";
import { checkIntegers, checkTexts } from "./integers.js";
import { FINE, judge, type Check, type Failure, type Outcome } from "./judge.js";
import { drawRecipe, type Recipe, type RecipeOptions } from "./recipe.js";
import { shrink } from "./shrink.js";

/** Above this a circuit takes circom longer than a test of many has time for. */
const MOST_CONSTRAINTS = 12_000;

/** Most recipes that are tried to make a failing one smaller; to compile one takes seconds. */
const TRIES = { integers: 2000, compiled: 100 };

/** Without circom: the executor's integers, then the texts, by the independent checker. */
export const checkWithoutCircom: Check = (model, lowered) => {
  const outcome = checkIntegers(model, lowered);
  return outcome.kind === "fine" ? checkTexts(model, lowered) : outcome;
};

export interface Tally {
  readonly models: number;
  readonly refused: number;
}

/** Models of the seeds from `first` on, without circom. @throws Error with a small recipe of the first that fails */
export async function runIntegers(first: number, models: number): Promise<Tally> {
  let refused = 0;
  for (let seed = first; seed < first + models; seed++) {
    const outcome = await judge(drawRecipe(seed), checkWithoutCircom);
    if (outcome.kind === "refused") refused++;
    await explain(drawRecipe(seed), outcome, checkWithoutCircom, TRIES.integers);
  }
  return { models, refused };
}

/** As many compiled models, of seeds from `first` on; those that are refused or large do not count. */
export async function runCompiled(first: number, models: number): Promise<Tally> {
  const options: RecipeOptions = { small: true };
  let refused = 0;
  for (let seed = first, compiled = 0; compiled < models; seed++) {
    const check: Check = (model, lowered) => {
      if (lowered.netlist.cost.nonlinear > MOST_CONSTRAINTS) return FINE;
      compiled++;
      return checkCompiled(model, lowered);
    };
    const recipe = drawRecipe(seed, options);
    const outcome = await judge(recipe, check);
    if (outcome.kind === "refused") refused++;
    await explain(recipe, outcome, checkCompiled, TRIES.compiled);
  }
  return { models, refused };
}

/** What fails is made small, and given as JSON: `replay` does it again. */
async function explain(recipe: Recipe, outcome: Outcome, check: Check, tries: number): Promise<void> {
  if (outcome.kind !== "failed") return;
  const small = await shrink(
    recipe,
    async (candidate) => same(await judge(candidate, check), outcome),
    tries,
  );
  const last = await judge(small, check);
  const text = "text" in last ? last.text : outcome.text;
  throw new Error(`seed ${recipe.seed}: ${outcome.failure}: ${text}\n${JSON.stringify(small)}`);
}

/** Whether a smaller model fails as the one did that was found, and not in another way. */
function same(outcome: Outcome, { failure }: Failure): boolean {
  return outcome.kind === "failed" && outcome.failure === failure;
}

/** Runs both suites on a recipe that a failure printed. */
export async function replay(json: string): Promise<Outcome> {
  const recipe = JSON.parse(json) as Recipe;
  const outcome = await judge(recipe, checkWithoutCircom);
  return outcome.kind === "fine" ? judge(recipe, checkCompiled) : outcome;
}
