import type { Recipe } from "./recipe.js";

/** Anything that JSON can hold. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A recipe that is smaller by every measure and still fails: layers and inputs are left out, numbers made smaller,
 * truths made false and constants ones, one at a time, for as long as any of that is possible.
 *
 * @param fails whether a recipe fails in the way that is looked for; it may take any that this makes
 * @param tries most recipes that are tried
 */
export async function shrink(
  recipe: Recipe,
  fails: (candidate: Recipe) => boolean | Promise<boolean>,
  tries = 2000,
): Promise<Recipe> {
  let best = recipe;
  const known = new Set([JSON.stringify(best)]);
  for (let progress = true; progress;) {
    progress = false;
    for (const candidate of [...fewer(best, "layers"), ...fewer(best, "inputs"), ...simpler(best)]) {
      const text = JSON.stringify(candidate);
      if (known.has(text)) continue;
      known.add(text);
      if (tries-- <= 0) return best;
      if (!(await fails(candidate))) continue;
      best = candidate;
      progress = true;
      break;
    }
  }
  return best;
}

/** The recipe without the second half of a list, the first, quarters, and so on to single entries. */
function* fewer(recipe: Recipe, list: "layers" | "inputs"): Generator<Recipe> {
  const { length } = recipe[list];
  const least = list === "inputs" ? 1 : 0;
  for (let size = Math.ceil(length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let start = length - size; start > -size; start -= size) {
      const rest = recipe[list].filter((_, i) => i < start || i >= start + size);
      if (rest.length >= least && rest.length < length) yield { ...recipe, [list]: rest };
    }
}

function simpler(recipe: Recipe): Generator<Recipe> {
  return smaller(recipe as unknown as Json, "") as unknown as Generator<Recipe>;
}

/** The value with one part of it simpler. A number never falls below 1, where that is what it may not. */
function* smaller(value: Json, key: string): Generator<Json> {
  if (value === true) yield false;
  if (typeof value === "number") {
    const least = AT_LEAST[key] ?? (Number.isInteger(value) && value > 0 ? 1 : 0);
    for (const next of new Set([least, Math.trunc(value / 2), value - Math.sign(value)]))
      if (Math.abs(next) < Math.abs(value) && next >= Math.min(least, value)) yield next;
  }
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++)
      for (const part of smaller(value[i] as Json, key))
        yield value.map((old: Json, j) => (i === j ? part : old));
    return;
  }
  if ("decades" in value) yield null;
  for (const [name, part] of Object.entries(value))
    for (const next of smaller(part, name)) yield { ...value, [name]: next };
}

/** The least that some numbers may be. */
const AT_LEAST: Readonly<Record<string, number>> = {
  inputBits: 2,
  weightBits: 2,
  activationBits: 2,
  tableBits: 2,
  entries: 2,
  decades: 0,
  power: 0,
  headroom: 0,
  coarsening: 0,
  weightLoss: 0,
  start: 0,
  epsilon: 1e-12,
};
