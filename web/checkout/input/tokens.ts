import { rangeOf } from "../../../src/tensor/range.js";

/** A token of a text. */
export interface Piece {
  readonly text: string;
  /** In the vocabulary. */
  readonly number: number;
  /** Whether it stands for text without a token. */
  readonly isUnknown: boolean;
}

/** How a text is cut into tokens. */
export interface Vocabulary {
  readonly vocabulary: readonly string[];
  readonly unknown?: string;
  readonly padding?: string;
}

/** Characters of a text at most. */
const MOST_TEXT = 2 ** 17;

/** What a vocabulary is searched by. */
interface Index {
  readonly numbers: ReadonlyMap<string, number>;
  /** Characters of the longest token. */
  readonly longest: number;
}

const indices = new WeakMap<readonly string[], Index>();

/** It is made once: a text is cut again at each key. */
function indexOf(vocabulary: readonly string[]): Index {
  const known = indices.get(vocabulary);
  if (known !== undefined) return known;
  const index = {
    numbers: new Map(vocabulary.map((token, number) => [token, number])),
    longest: Math.max(0, rangeOf(vocabulary.map(({ length }) => length)).greatest),
  };
  indices.set(vocabulary, index);
  return index;
}

/**
 * Cuts a text into tokens: at each place the longest token that the text goes on with. Letters are compared as they are.
 *
 * @param words of the model; a run of text without a token becomes one `unknown`, if there is such a token
 * @param most tokens that are cut off; the text behind them is not looked at. Default: all
 * @throws Error in words for the buyer, for text without a token
 */
export function tokensOf(text: string, { vocabulary, unknown }: Vocabulary, most = Infinity): Piece[] {
  const { numbers, longest } = indexOf(vocabulary);
  if (text.length > Math.min(MOST_TEXT, most * Math.max(1, longest)))
    throw new Error("This text is too long.");
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length && pieces.length < most;) {
    let end = Math.min(text.length, at + longest);
    while (end > at && !numbers.has(text.slice(at, end))) end--;
    const token = text.slice(at, end);
    if (token !== "") {
      pieces.push({ text: token, number: numbers.get(token)!, isUnknown: false });
      at = end;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(at)!);
    if (unknown === undefined)
      throw new Error(`No token of the model begins with "${visible(character)}" (character ${at + 1}).`);
    const last = pieces.at(-1);
    if (last?.isUnknown === true) pieces[pieces.length - 1] = { ...last, text: last.text + character };
    else pieces.push({ text: character, number: numbers.get(unknown)!, isUnknown: true });
    at += character.length;
  }
  return pieces;
}

/**
 * The numbers of tokens, as the model takes them.
 *
 * @param size how many it takes
 * @throws Error in words for the buyer, for too many, and for too few where no token fills up
 */
export function filledUp(
  pieces: readonly Piece[],
  size: number,
  { vocabulary, padding }: Vocabulary,
): number[] {
  const [count, takes] = [`Your text has ${tokens(pieces.length)}`, `the model takes ${size}`];
  if (pieces.length > size)
    throw new Error(`Your text has more than ${tokens(size)}, and ${takes}: shorten it.`);
  if (pieces.length < size && padding === undefined) throw new Error(`${count}, and ${takes}: go on.`);
  const numbers = pieces.map(({ number }) => number);
  const filler =
    padding === undefined ? [] : Array<number>(size - numbers.length).fill(vocabulary.indexOf(padding));
  return [...numbers, ...filler];
}

export function tokens(count: number): string {
  return count === 1 ? "1 token" : `${count} tokens`;
}

/** A token with its spaces and ends of lines. */
export function visible(text: string): string {
  return text.replaceAll(" ", "␣").replaceAll("\n", "↵").replaceAll("\t", "⇥");
}
