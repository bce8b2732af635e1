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

/**
 * Cuts a text into tokens: at each place the longest token that the text goes on with. Letters are compared as they are.
 *
 * @param words of the model; a run of text without a token becomes one `unknown`, if there is such a token
 * @throws Error in words for the buyer, for text without a token
 */
export function tokensOf(text: string, { vocabulary, unknown }: Vocabulary): Piece[] {
  if (text.length > MOST_TEXT) throw new Error("This text is too long.");
  const numbers = new Map(vocabulary.map((token, number) => [token, number]));
  const longest = vocabulary.reduce((most, { length }) => Math.max(most, length), 0);
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length;) {
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
  if (pieces.length > size) throw new Error(`${count}, and ${takes}: shorten it.`);
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
