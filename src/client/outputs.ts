import type { Manifest } from "../artifacts/manifestForm.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { dequantizeOutput, quantizeOutput } from "../quantize/inputs.js";
import { commitOutputWords, decryptOutputWords, packWords, unpackWords } from "./commitment.js";

/** One output of the model, as the user reads it. */
export interface Answer {
  readonly name: string;
  /** Real values, or the classes of the greatest ones. */
  readonly kind: "values" | "argmax";
  readonly values: readonly number[];
  /** Names of the classes and the unit of the values, as the model's card has them: the provider's word. */
  readonly classes?: readonly string[];
  readonly unit?: string;
}

/** What opens outputs that a proof hides: the salt of the input, and for a commitment the words behind it. */
export interface Opening {
  readonly salt: bigint;
  /** That the provider hands over. Encrypted outputs open without. */
  readonly words?: readonly bigint[];
}

type OutputManifest = Pick<Manifest, "name" | "domain" | "outputs" | "outputMode" | "card">;

/**
 * The answers that a proof's output signals, or a job's output words, stand for.
 *
 * @param manifest of the model
 * @param signals output words; of a model with committed outputs the commitment, of one with encrypted outputs these
 * @param opening for a model with committed or encrypted outputs. Another salt than the input's gives encrypted outputs that no
 * proof can show, but for a chance of about 2^(b - 253.6) for each word of b bits: 1 in 49 at worst, for a lone full word
 * @throws Torch2CircomError where the words are not those that were proven, or no proof of this model can show them
 * @example
 * ```ts
 * import hre from "hardhat";
 * import { decodeOutputs, encodeOutputs } from "torch2circom/client";
 *
 * const manifest = await hre.torch2circom.manifest("iris");
 * const words = encodeOutputs(manifest, [[0.5, -1.25, 0]]);
 * console.log(decodeOutputs(manifest, words)[0].values); // within half a step of these
 * ```
 */
export function decodeOutputs(
  manifest: OutputManifest,
  signals: readonly bigint[],
  opening?: Opening,
): Answer[] {
  if (manifest.outputMode === "committed") return decodeCommitted(manifest, signals, opening);
  if (manifest.outputMode === "encrypted") return decodeEncrypted(manifest, signals, opening);
  return decodeWords(manifest, signals);
}

function decodeCommitted(
  manifest: OutputManifest,
  signals: readonly bigint[],
  { salt, words }: Partial<Opening> = {},
): Answer[] {
  const isOpened =
    salt !== undefined &&
    words !== undefined &&
    signals.length === 1 &&
    commitOutputWords(BigInt(manifest.domain), salt, words) === signals[0];
  if (isOpened) return decodeWords(manifest, words);
  throw new Torch2CircomError(
    "OUTPUT_INVALID",
    `The output that was handed over is not the one that ${manifest.name} was proved to give`,
    "Ask the provider for the file again; without the right one, the answer is not known.",
  );
}

function decodeEncrypted(
  manifest: OutputManifest,
  signals: readonly bigint[],
  opening: Opening | undefined,
): Answer[] {
  if (opening === undefined)
    throw new Torch2CircomError(
      "OUTPUT_INVALID",
      `The output of ${manifest.name} is encrypted, and no salt is given`,
      "Give the salt of the input: it is in the job's file.",
    );
  const words = decryptOutputWords(BigInt(manifest.domain), opening.salt, signals);
  return decodeWords(manifest, words, "Give the salt of this very input, and the output of this very model.");
}

/** Output words -> answers. @throws Torch2CircomError for words that no proof of this model can show */
function decodeWords(
  { name: model, outputs, card }: OutputManifest,
  words: readonly bigint[],
  remedy?: string,
): Answer[] {
  const expected = outputs.reduce((sum, { packing }) => sum + packing.words, 0);
  if (words.length !== expected)
    throw invalid(`${model} gives ${expected} output words, not ${words.length}`);
  let at = 0;
  return outputs.map((output) => {
    const { name, kind, packing } = output;
    try {
      const integers = unpackWords(words.slice(at, (at += packing.words)), packing);
      const named = card?.outputs !== undefined && Object.hasOwn(card.outputs, name) && card.outputs[name];
      return { name, kind, values: Array.from(dequantizeOutput(output, integers)), ...named };
    } catch (error) {
      throw invalid(`The output "${name}" of ${model} cannot have these words`, error as Error, remedy);
    }
  });
}

/**
 * The words of real values, or of classes: the reverse of {@link decodeOutputs}, for an expected or an opened output.
 *
 * @param manifest of the model
 * @param answers the values of each output, rounded to the nearest that a proof can show
 * @returns output words, of all outputs one after the other
 * @throws Torch2CircomError that names the element, for one that the output cannot have, or not a number
 * @example
 * ```ts
 * import hre from "hardhat";
 * import { encodeOutputs } from "torch2circom/client";
 *
 * const manifest = await hre.torch2circom.manifest("iris");
 * console.log(encodeOutputs(manifest, [[0.5, -1.25, 0]]).length); // 1
 * ```
 */
export function encodeOutputs(
  { name: model, outputs }: Pick<Manifest, "name" | "outputs">,
  answers: readonly ArrayLike<number>[],
): bigint[] {
  if (answers.length !== outputs.length)
    throw invalid(`${model} has ${outputs.length} outputs, not ${answers.length}`);
  return outputs.flatMap((output, i) => packWords(integersOf(output, answers[i]), output.packing));
}

function integersOf(
  { name, scale, offset, packing }: Manifest["outputs"][number],
  values: ArrayLike<number>,
) {
  if (values.length !== packing.count)
    throw invalid(`The output "${name}" has ${packing.count} elements, not ${values.length}`);
  return quantizeOutput({ scale, offset }, values).map((q, i) => {
    if (q >= packing.offset && q < packing.offset + 2 ** packing.width) return q;
    throw invalid(`${name}[${i}] = ${values[i]} is outside what the output can have`);
  });
}

function invalid(
  problem: string,
  cause?: Error,
  remedy = "Give the output of this very model.",
): Torch2CircomError {
  return new Torch2CircomError("OUTPUT_INVALID", problem, remedy, cause);
}
