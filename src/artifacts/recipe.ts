import { readFile, stat } from "node:fs/promises";
import * as v from "valibot";
import { describeIssue } from "../errors/formIssue.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Range } from "../lowering/types.js";
import { INPUT_MODES, SHOWN_OUTPUTS, WEIGHT_MODES } from "../program/modes.js";
import { canonicalJson } from "./canonicalJson.js";
import { sha256 } from "./hashForms.js";
import { MODEL_NAME } from "./names.js";

/** Numbers that JSON has no spelling for, or that it does not tell from others. */
const SPELLED: Readonly<Record<string, number>> = {
  "-0": -0,
  Infinity,
  "-Infinity": -Infinity,
  NaN,
};

function isNumbers(list: unknown): list is readonly (number | string)[] {
  return (
    Array.isArray(list) &&
    list.every((x) => typeof x === "number" || (typeof x === "string" && Object.hasOwn(SPELLED, x)))
  );
}

/** Doubles, exactly: a number's shortest decimal spelling gives it again. */
const doubles = v.pipe(
  v.custom<readonly (number | string)[]>(isNumbers, "it is not a list of numbers"),
  v.transform((list) => Float64Array.from(list, (x) => (typeof x === "number" ? x : SPELLED[x]))),
);

const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));
const bits = whole(1, 32);
const ascending = (list: number[]) => list.every((x, i) => i === 0 || x > list[i - 1]);

/** Of a value of the graph: what each of its elements took on the samples. */
const range = v.pipe(
  v.strictObject({ value: v.string(), lo: doubles, hi: doubles }),
  v.check(({ lo, hi }) => lo.length === hi.length, "its bounds are not of the same elements"),
);

const recipeSchema = v.strictObject({
  format: v.literal("torch2circom-recipe-1"),
  /** Of the package that made it: another version may make another program. */
  version: v.string(),
  /** Of the model, as the circuit's first line has it. */
  name: v.pipe(v.string(), v.regex(MODEL_NAME, "it cannot be the name of a model")),
  /** sha256 of the model file; null with private weights, which its hash could confirm. */
  model: v.nullable(sha256),
  /** Of axes that the model file leaves open. */
  sizes: v.record(v.string(), whole(1, 2 ** 31)),
  input: v.picklist(INPUT_MODES),
  output: v.picklist(SHOWN_OUTPUTS),
  weights: v.picklist(WEIGHT_MODES),
  lowestBit: v.picklist(["expression", "wire"]),
  /** What the search has chosen. */
  precision: v.strictObject({
    inputBits: bits,
    weightBits: bits,
    activationBits: bits,
    tableBits: bits,
    headroom: whole(0, 64),
    coarsening: whole(0, 64),
    weightLoss: whole(0, 1024),
    layers: v.record(
      v.string(),
      v.strictObject({ weightBits: v.optional(bits), activationBits: v.optional(bits) }),
    ),
  }),
  /** What the samples have shown; null with private weights, of which they would tell. */
  ranges: v.pipe(
    v.nullable(v.array(range)),
    v.transform(
      (list): ReadonlyMap<string, Range> | null =>
        list && new Map(list.map(({ value, lo, hi }) => [value, { lo, hi }])),
    ),
  ),
  /** Numbers of jobs that a circuit of their own proves at once. */
  batches: v.pipe(v.array(whole(2, 1024)), v.check(ascending, "they are not in order")),
  /** The last operation of each segment but the last; none where one circuit proves the model. */
  cuts: v.pipe(v.array(whole(0, 2 ** 31)), v.check(ascending, "they are not in order")),
});

/**
 * All that decides on a build's program and circuits beside the model file, so that anybody makes them again from the
 * two: `recipe.json`. No sample is in it, and nothing of it depends on where and when it was made.
 */
export type Recipe = v.InferOutput<typeof recipeSchema>;

/** Recipes of the largest models that can be proven are some 100 MB. */
const MOST_BYTES = 2 ** 28;

/** The one text of a recipe. */
export function serializeRecipe(recipe: Recipe): string {
  const { ranges, ...rest } = recipe;
  const list =
    ranges && Array.from(ranges, ([value, { lo, hi }]) => ({ value, lo: spelled(lo), hi: spelled(hi) }));
  return `${canonicalJson({ ...rest, ranges: list })}\n`;
}

function spelled(numbers: Float64Array): (number | string)[] {
  return Array.from(numbers, (x) =>
    Number.isFinite(x) && !Object.is(x, -0) ? x : Object.is(x, -0) ? "-0" : String(x),
  );
}

/**
 * The recipe that a text holds.
 *
 * @param place where the text is from, for errors
 * @throws Torch2CircomError where it is none, or of another version of the format
 */
export function parseRecipe(text: string, place: string): Recipe {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(place, "it is not JSON", error as Error);
  }
  const parsed = v.safeParse(recipeSchema, json, { abortEarly: true });
  if (!parsed.success) throw damaged(place, describeIssue(parsed.issues[0]));
  return parsed.output;
}

/** Reads a recipe, from a file of bounded size. @throws Torch2CircomError as {@link parseRecipe} does */
export async function readRecipe(path: string): Promise<Recipe> {
  const { size } = await stat(path).catch((cause: Error) => {
    throw damaged(path, "it cannot be read", cause);
  });
  if (size > MOST_BYTES) throw damaged(path, `it has ${size} bytes, more than any recipe`);
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw damaged(path, "it cannot be read", cause);
  });
  return parseRecipe(text, path);
}

function damaged(place: string, why: string, cause?: Error): Torch2CircomError {
  return new Torch2CircomError(
    "FILE_DAMAGED",
    `${place} is not the recipe of a build: ${why}`,
    "Get recipe.json from the folder of the build, or build the model again.",
    cause,
  );
}
