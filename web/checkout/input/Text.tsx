import { useState } from "preact/hooks";
import { wordsOf } from "../../parts/words.js";
import type { Domain, Sample } from "./domain.js";
import { filledUp, tokens, tokensOf, visible, type Piece, type Vocabulary } from "./tokens.js";

interface Properties {
  domain: Domain;
  vocabulary: Vocabulary;
  onInput: (make: () => Sample | undefined) => void;
}

/** Tokens that are shown, at most. */
const MOST_SHOWN = 300;

/** A text, and the tokens that the model sees of it. */
export function Text({ domain: { name, least }, vocabulary, onInput }: Properties) {
  const [pieces, setPieces] = useState<readonly Piece[]>([]);
  const write = (text: string) => {
    try {
      const next = tokensOf(text, vocabulary, least.length + 1);
      setPieces(next);
      onInput(() => (text === "" ? undefined : { [name]: filledUp(next, least.length, vocabulary) }));
    } catch (error) {
      setPieces([]);
      onInput(() => {
        throw new Error(wordsOf(error));
      });
    }
  };
  return (
    <>
      <label>
        Text
        <textarea rows={4} onInput={({ currentTarget: { value } }) => write(value)} />
      </label>
      <p class="small">
        {pieces.length > least.length && "more than "}
        {tokens(Math.min(pieces.length, least.length))} of {least.length}
        {vocabulary.padding !== undefined && `; the rest is filled up with ${visible(vocabulary.padding)}`}
      </p>
      <ol class="tokens" aria-label="Tokens, as the model sees them">
        {pieces.slice(0, MOST_SHOWN).map((piece, i) => (
          <li key={i} class={piece.isUnknown ? "unknown" : undefined}>
            {visible(piece.text)}
            {piece.isUnknown && <small> unknown</small>}
          </li>
        ))}
      </ol>
    </>
  );
}
