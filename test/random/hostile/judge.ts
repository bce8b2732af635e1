import { OperatorError } from "../../../src/errors/operatorError.js";
import { checkCompiled } from "../compiled.js";
import { checkIntegers, checkTexts } from "../integers.js";
import { FINE, refusal, type Outcome } from "../judge.js";
import { lower, type Lowered } from "../model.js";
import type { Hostile } from "./model.js";

const SEED = 3;

/**
 * What becomes of a hostile model: a refusal by name, or a circuit that is exact.
 * @param compiled whether circom is asked too, beside the assumptions and the independent checker
 */
export async function judgeHostile(name: string, make: () => Hostile, compiled: boolean): Promise<Outcome> {
  let model: Hostile;
  try {
    model = make();
  } catch (error) {
    // The graph's own refusals; an importer adds the layer's name.
    if (error instanceof OperatorError) return { kind: "refused", text: error.message };
    throw error;
  }
  let lowered: Lowered;
  try {
    lowered = lower(model);
  } catch (error) {
    return refusal(error, model);
  }
  const recipe = { seed: SEED };
  for (const check of [checkIntegers, checkTexts]) {
    const outcome = check({ ...model, recipe }, lowered);
    if (outcome.kind !== "fine") return outcome;
  }
  return compiled ? checkCompiled({ ...model, recipe }, lowered, name) : FINE;
}
