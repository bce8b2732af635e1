import { concat, keccak256, toBeHex } from "ethers";
import { FIELD_ORDER } from "../groth16/field.js";

/**
 * The point at which an evaluated input's polynomial is compared: keccak256(commitment, words) modulo the field's
 * order, as contracts/libraries/InputEvaluation.sol computes it. Only a point that depends on both will do.
 *
 * @param commitment to the input
 * @param words of the input
 * @returns a field element
 * @example
 * ```ts
 * import { evaluateWords, inputChallenge } from "torch2circom/client";
 *
 * const words = [34048n];
 * const point = inputChallenge(12345n, words);
 * console.log(evaluateWords(words, point)); // the two public signals of an evaluated input
 * ```
 */
export function inputChallenge(commitment: bigint, words: readonly bigint[]): bigint {
  return BigInt(keccak256(concat([commitment, ...words].map((word) => toBeHex(word, 32))))) % FIELD_ORDER;
}

/**
 * The sum of words[i] point^(i + 1), in the field.
 *
 * @param words of the input
 * @param point see {@link inputChallenge}
 * @example
 * ```ts
 * import { evaluateWords } from "torch2circom/client";
 *
 * console.log(evaluateWords([1n, 2n], 10n)); // 210n
 * ```
 */
export function evaluateWords(words: readonly bigint[], point: bigint): bigint {
  return words.reduceRight((above, word) => ((above + word) * point) % FIELD_ORDER, 0n);
}
