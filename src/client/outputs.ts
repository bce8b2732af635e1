import type { Manifest } from "../artifacts/manifestForm.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { dequantizeOutput, quantizeOutput } from "../quantize/inputs.js";
import { commitOutputWords, packWords, unpackWords } from "./commitment.js";

/** One output of the model, as the user reads it. */
export interface Answer {
  readonly name: string;
  /** Real values, or the classes of the greatest ones. */
  readonly kind: "values" | "argmax";
  readonly values: readonly number[];
}

/** What opens a commitment to outputs: the client's salt, and the words that the provider hands over. */
export interface Opening {
  readonly salt: bigint;
  readonly words: readonly bigint[];
}

type OutputManifest = Pick<Manifest, "name" | "domain" | "outputs" | "outputMode">;

/**
 * The answers that a proof's output signals, or a job's output words, stand for.
 *
 * @param manifest of the model
 * @param signals output words; of a model with committed outputs the commitment
 * @param opening for a model with committed outputs
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
  if (manifest.outputMode !== "committed") return decodeWords(manifest, signals);
  const opened =
    opening !== undefined &&
    signals.length === 1 &&
    commitOutputWords(BigInt(manifest.domain), opening.salt, opening.words) === signals[0];
  if (opened) return decodeWords(manifest, opening.words);
  throw new Torch2CircomError(
    "OUTPUT_INVALID",
    `The output that was handed over is not the one that ${manifest.name} was proved to give`,
    "Ask the provider for the file again; without the right one, the answer is not known.",
  );
}

/** Output words -> answers. @throws Torch2CircomError for words that no proof of this model can show */
function decodeWords({ name: model, outputs }: OutputManifest, words: readonly bigint[]): Answer[] {
  const expected = outputs.reduce((sum, { packing }) => sum + packing.words, 0);
  if (words.length !== expected)
    throw invalid(`${model} gives ${expected} output words, not ${words.length}`);
  let at = 0;
  return outputs.map((output) => {
    const { name, kind, packing } = output;
    try {
      const integers = unpackWords(words.slice(at, (at += packing.words)), packing);
      return { name, kind, values: Array.from(dequantizeOutput(output, integers)) };
    } catch (error) {
      throw invalid(`The output "${name}" of ${model} cannot have these words`, error as Error);
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

function invalid(problem: string, cause?: Error): Torch2CircomError {
  return new Torch2CircomError("OUTPUT_INVALID", problem, "Give the output of this very model.", cause);
}
