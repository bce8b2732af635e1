// Not zod: pages of browsers carry this, and short.
import * as v from "valibot";
import { oneLine } from "../errors/oneLine.js";

/** Characters of a name, of a token, and of a description, at most. */
const [NAME, TOKEN, DESCRIPTION] = [100, 200, 2000];

/** Entries of a list of names or tokens, at most. */
const MOST_ENTRIES = 2 ** 18;

/**
 * A text that does not draw over what stands beside it, or turn it around.
 *
 * @param most characters
 * @param plain what an acceptable text is again
 */
const shown = (most: number, plain = oneLine) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => text !== "" && text.length <= most && plain(text) === text,
      `it is not 1 to ${most} characters without controls`,
    ),
  );

// A space at an end makes a list look as if two entries were the same.
const name = shown(NAME, (text) => oneLine(text).trim());
// Line feeds and tabs are tokens of some models.
const token = shown(TOKEN, (text) => text.replace(/[^\n\t]+/g, (part) => oneLine(part)));

const distinct = (entry: typeof name) =>
  v.pipe(
    v.array(entry),
    v.check(
      (list) => list.length <= MOST_ENTRIES && new Set(list).size === list.length,
      `it is not up to ${MOST_ENTRIES} different entries`,
    ),
  );
const names = distinct(name);

const inputCard = v.strictObject({
  /** A name for each element, in row-major order. */
  features: v.optional(names),
  /** A unit for each element. */
  units: v.optional(v.array(name)),
  /** Of an input of tokens: the text of each number, from 0 on. */
  vocabulary: v.optional(distinct(token)),
  /** The token that stands for text that has none. */
  unknown: v.optional(token),
  /** The token that fills an input up behind a text. */
  padding: v.optional(token),
});

const outputCard = v.strictObject({
  /** Names of the classes that an output decides between. */
  classes: v.optional(names),
  /** Of the values. */
  unit: v.optional(name),
});

const ofTensors = <Form extends typeof inputCard | typeof outputCard>(form: Form) =>
  // How many there are at most, the model says: see cardMisfit.
  v.optional(v.record(v.string(), form));

/**
 * What people call a model, and what goes in and out of it. All of it is the provider's word, and no proof is about it. Whether it
 * fits the model, says `cardMisfit`.
 */
export const cardForm = v.strictObject({
  title: v.optional(name),
  description: v.optional(shown(DESCRIPTION)),
  inputs: ofTensors(inputCard),
  outputs: ofTensors(outputCard),
});

export type Card = v.InferOutput<typeof cardForm>;
export type InputCard = v.InferOutput<typeof inputCard>;
export type OutputCard = v.InferOutput<typeof outputCard>;

/** Whether a list can be the names of elements or of classes. */
export function areNames(list: readonly string[]): boolean {
  return v.is(names, list);
}
