import { mod } from "../groth16/field.js";
import { randomBits } from "../groth16/random.js";
import { maskDomain, outputDomain, WEIGHT_DOMAIN } from "../netlist/domain.js";
import type { Packing } from "../netlist/types.js";
import { poseidon } from "./poseidon.js";

/** Elements of the first Poseidon block; each later block takes its predecessor's hash and one less. */
const RATE = 16;

/**
 * H(H(in[0..16)), in[16..31), ...): circuits/poseidon.circom's PoseidonChain.
 *
 * @param elements at least one field element
 * @returns a field element
 * @example
 * ```ts
 * import { poseidonChain } from "torch2circom/client";
 *
 * console.log(poseidonChain([1n, 2n]));
 * ```
 */
export function poseidonChain(elements: readonly bigint[]): bigint {
  let state = poseidon(elements.slice(0, RATE));
  for (let at = RATE; at < elements.length; at += RATE - 1) {
    state = poseidon([state, ...elements.slice(at, at + RATE - 1)]);
  }
  return state;
}

/**
 * The words of packed integers: integer i, less the offset, at bit width * (i mod perWord) of its word.
 *
 * @param values integers, each in [offset, offset + 2^width)
 * @param packing as in the manifest
 * @returns as many words as the packing says
 * @example
 * ```ts
 * import { packWords } from "torch2circom/client";
 *
 * const packing = { count: 2, width: 8, offset: -128, perWord: 31, words: 1 };
 * console.log(packWords([-128, 5], packing)); // [ 34048n ]
 * ```
 */
export function packWords(values: ArrayLike<number>, { width, offset, perWord, words }: Packing): bigint[] {
  const packed = new Array<bigint>(words).fill(0n);
  for (let i = 0; i < values.length; i++) {
    packed[Math.floor(i / perWord)] |= BigInt(values[i] - offset) << BigInt(width * (i % perWord));
  }
  return packed;
}

/**
 * The integers of packed words: the reverse of {@link packWords}.
 *
 * @param words of an output or an input
 * @param packing as in the manifest
 * @returns integers; the real value of each is integer * scale + offset, with the numbers of the manifest
 * @throws RangeError for a word that holds more than its integers, or for another number of words
 * @example
 * ```ts
 * import { unpackWords } from "torch2circom/client";
 *
 * const packing = { count: 2, width: 8, offset: -128, perWord: 31, words: 1 };
 * console.log(unpackWords([34048n], packing)); // [ -128, 5 ]
 * ```
 */
export function unpackWords(words: readonly bigint[], packing: Packing): number[] {
  const { count, width, offset, perWord } = packing;
  if (words.length !== packing.words)
    throw new RangeError(`${packing.words} words expected, not ${words.length}`);
  const mask = (1n << BigInt(width)) - 1n;
  words.forEach((word, j) => {
    const held = Math.min(perWord, count - j * perWord);
    if (word < 0n || word >> BigInt(width * held) !== 0n)
      throw new RangeError(`word ${j} is not a packed word`);
  });
  return Array.from({ length: count }, (_, i) => {
    const word = words[Math.floor(i / perWord)];
    return Number((word >> BigInt(width * (i % perWord))) & mask) + offset;
  });
}

/**
 * 128 random bits: they hide an input that could be guessed. Use each salt once, and keep it.
 *
 * @example
 * ```ts
 * import { randomSalt } from "torch2circom/client";
 *
 * console.log(randomSalt() < 2n ** 128n); // true
 * ```
 */
export function randomSalt(): bigint {
  return randomBits(128);
}

/**
 * The commitment to a model's integer inputs, as the circuit computes it.
 *
 * @param domain the model's domain tag, from the manifest
 * @param salt see {@link randomSalt}
 * @param inputs one array of integers per input of the model: floor((x - offset) / scale + 1/2) of each element
 * @param packings one per input, from the manifest
 * @param weightCommitment of a model with private weights: only these weights can then answer
 * @returns the public signal, and the job's `inputCommitment`
 * @example
 * ```ts
 * import { commitInputs, randomSalt } from "torch2circom/client";
 *
 * const packing = { count: 4, width: 8, offset: -128, perWord: 31, words: 1 };
 * console.log(commitInputs(7n, randomSalt(), [[1, -2, 3, 4]], [packing]));
 * ```
 */
export function commitInputs(
  domain: bigint,
  salt: bigint,
  inputs: readonly ArrayLike<number>[],
  packings: readonly Packing[],
  weightCommitment?: bigint,
): bigint {
  const weights = weightCommitment === undefined ? [] : [weightCommitment];
  return poseidonChain([domain, salt, ...weights, ...packInputs(inputs, packings)]);
}

/**
 * The commitment to the words of private weights, as the circuit computes it.
 *
 * @param salt of the weights
 * @param words packed weights
 * @returns the `weightCommitment` of the manifest
 * @example
 * ```ts
 * import { commitWeights, randomSalt } from "torch2circom/client";
 *
 * console.log(commitWeights(randomSalt(), [1n, 2n, 3n]));
 * ```
 */
export function commitWeights(salt: bigint, words: readonly bigint[]): bigint {
  return poseidonChain([WEIGHT_DOMAIN, salt, ...words.map(mod)]);
}

/**
 * The commitment to packed output words, as a circuit with committed outputs computes it.
 *
 * @param domain the model's domain tag, from the manifest
 * @param salt of the input
 * @param words packed outputs
 * @returns the public signal that stands for the outputs
 * @example
 * ```ts
 * import { commitOutputWords, randomSalt } from "torch2circom/client";
 *
 * console.log(commitOutputWords(7n, randomSalt(), [34048n]));
 * ```
 */
export function commitOutputWords(domain: bigint, salt: bigint, words: readonly bigint[]): bigint {
  return poseidonChain([BigInt(outputDomain(domain.toString())), salt, ...words]);
}

/**
 * Packed output words behind their masks, as a circuit with encrypted outputs computes them. A mask depends on model, salt and
 * place: two answers under one salt show their difference to everybody, and who knows one of them reads the other.
 *
 * @param domain the model's domain tag, from the manifest
 * @param salt of the input
 * @param words packed outputs
 * @returns one field element per word: the public signals that stand for the outputs
 * @example
 * ```ts
 * import { decryptOutputWords, encryptOutputWords, randomSalt } from "torch2circom/client";
 *
 * const salt = randomSalt();
 * console.log(decryptOutputWords(7n, salt, encryptOutputWords(7n, salt, [34048n]))); // [ 34048n ]
 * ```
 */
export function encryptOutputWords(domain: bigint, salt: bigint, words: readonly bigint[]): bigint[] {
  return words.map((word, i) => mod(word + mask(domain, salt, i)));
}

/**
 * The words behind masks: the reverse of {@link encryptOutputWords}.
 *
 * @param domain the model's domain tag, from the manifest
 * @param salt of the input. With another one each word is a random field element, which {@link unpackWords} takes for one of b
 * bits once in 2^(253.6 - b): never for a few values, but once in 49 for a lone word of 248 bits. Compare the commitment to
 * the input first if the salt is in doubt
 * @param encrypted the public signals that stand for the outputs, or the words of the job
 * @returns one field element per word
 * @example
 * ```ts
 * import { decryptOutputWords, encryptOutputWords, randomSalt } from "torch2circom/client";
 *
 * const salt = randomSalt();
 * console.log(decryptOutputWords(7n, salt, encryptOutputWords(7n, salt, [34048n]))); // [ 34048n ]
 * ```
 */
export function decryptOutputWords(domain: bigint, salt: bigint, encrypted: readonly bigint[]): bigint[] {
  return encrypted.map((word, i) => mod(word - mask(domain, salt, i)));
}

function mask(domain: bigint, salt: bigint, index: number): bigint {
  return poseidon([BigInt(maskDomain(domain.toString())), BigInt(index), salt]);
}

/**
 * The words of a model's integer inputs: what a contract has in calldata.
 *
 * @param inputs one array of integers per input of the model
 * @param packings one per input, from the manifest
 * @example
 * ```ts
 * import { packInputs } from "torch2circom/client";
 *
 * const packing = { count: 2, width: 8, offset: -128, perWord: 31, words: 1 };
 * console.log(packInputs([[-128, 5]], [packing])); // [ 34048n ]
 * ```
 */
export function packInputs(inputs: readonly ArrayLike<number>[], packings: readonly Packing[]): bigint[] {
  return inputs.flatMap((values, i) => packWords(values, packings[i]));
}
