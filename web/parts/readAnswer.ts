import type { Manifest } from "../../src/artifacts/manifestForm.js";
import { decodeOutputs, type Answer } from "../../src/client/outputs.js";
import { wordsOf } from "./words.js";

/** An answer that can be read. */
export interface ReadAnswer {
  readonly outputs: readonly Answer[];
  /** Whether it is masked, and the salt has opened it. */
  readonly isOpened: boolean;
}

/**
 * The answer that words on the chain stand for.
 *
 * @param manifest of the job's model
 * @param words that the escrow has paid for
 * @param salt of the job's input, if this browser keeps it
 * @returns or why it cannot be read here
 */
export function readAnswer(
  manifest: Manifest,
  words: readonly bigint[],
  salt: bigint | undefined,
): ReadAnswer | string {
  const { outputMode } = manifest;
  if (outputMode === "committed")
    return "The chain has only a commitment to the answer: the client and the provider can read it, and nobody else.";
  if (outputMode === "encrypted" && salt === undefined)
    return "The answer is masked: the client and the provider can read it, and nobody else. A browser that keeps the order shows it here.";
  const isOpened = outputMode === "encrypted";
  try {
    return { outputs: decodeOutputs(manifest, words, isOpened ? { salt: salt! } : undefined), isOpened };
  } catch (error) {
    return wordsOf(error);
  }
}
