import { hashUnchanged } from "../artifacts/hash.js";
import type { CircuitInput } from "../circom/witness.js";
import { witnessElements } from "../circom/witnessFile.js";
import {
  commitOutputWords,
  encryptOutputWords,
  packInputs,
  packWords,
  randomSalt,
} from "../client/commitment.js";
import { evaluateWords, inputChallenge } from "../client/evaluation.js";
import { inputCommitment } from "../client/inputs.js";
import { decodeOutputs, type Answer, type Opening } from "../client/outputs.js";
import { SIGNALS } from "../circom/text/names.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Tensor } from "../tensor/types.js";
import type { Prover } from "../groth16/prover.js";
import type { Proof, PublicSignals } from "../groth16/types.js";
import { execute } from "../program/execute.js";
import { quantizeInputs } from "../quantize/inputs.js";
import type { BuiltCircuit, BuiltModel } from "./model.js";
import { makeWitness } from "./witness.js";

/** An input in the form in which it is committed to and proved. The salt and the integers are the client's secret. */
export interface CommittedInput {
  readonly integers: readonly (readonly number[])[];
  readonly salt: bigint;
  /** The public signal; undefined for a model whose inputs are public themselves. */
  readonly commitment?: bigint;
}

/** Quantizes an input and commits to it. @throws Torch2CircomError for an input outside the model's domain */
export function commitInput(
  model: BuiltModel,
  input: ReadonlyMap<string, Tensor>,
  salt = randomSalt(),
): CommittedInput {
  const integers = quantizeInputs(model.program, input).map((values) => Array.from(values));
  if (model.manifest.inputMode === "public") return { integers, salt };
  return { integers, salt, commitment: commitmentTo(model, { integers, salt }) };
}

/** The commitment to integers of the model's domain, as its circuit computes it. */
export function commitmentTo(
  { manifest }: BuiltModel,
  { integers, salt }: Pick<CommittedInput, "integers" | "salt">,
): bigint {
  return inputCommitment(manifest, integers, salt);
}

/** The packed words of an input: public signals of a model with public inputs, calldata for one with evaluated ones. */
export function inputWords({ manifest }: BuiltModel, { integers }: CommittedInput): bigint[] {
  return packInputs(
    integers,
    manifest.inputs.map(({ packing }) => packing),
  );
}

/** All that the circuit is given. @param binding what ties the proof to a job and its payee; 0 outside a job */
export function circuitInput(model: BuiltModel, input: CommittedInput, binding: bigint): CircuitInput {
  const { inputs, inputMode, outputMode } = model.manifest;
  const { integers, salt } = input;
  return {
    ...Object.fromEntries(inputs.map(({ signal }, i) => [signal, integers[i]])),
    ...(inputMode === "public" && outputMode !== "committed" ? {} : { [SIGNALS.salt]: salt }),
    ...(inputMode === "evaluated"
      ? { [SIGNALS.challenge]: inputChallenge(commitmentTo(model, input), inputWords(model, input)) }
      : {}),
    ...(model.secrets && {
      [SIGNALS.weightWords]: model.secrets.words,
      [SIGNALS.weightSalt]: model.secrets.salt,
    }),
    [SIGNALS.binding]: binding,
  };
}

/**
 * The values of all operations of the program on an input, by the integer executor.
 * @throws Torch2CircomError where the weights are private, and not here, or the input is not of the domain
 */
export function programValues(
  { program, manifest, secrets, paths }: BuiltModel,
  { integers }: CommittedInput,
): Float64Array[] {
  if (manifest.weightCommitment !== undefined && secrets === undefined) {
    throw new Torch2CircomError(
      "WEIGHTS_MISSING",
      `The weights of ${manifest.name} are private, and not here: ${paths.secrets} is missing`,
      "Only who has that file, which the build wrote, can compute and prove answers.",
    );
  }
  try {
    return execute(
      program,
      integers.map((array) => Float64Array.from(array)),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Only a file that was tampered with holds such.
    throw new Torch2CircomError(
      "INPUT_INVALID",
      `The committed input is not of this model's domain: ${error.message}`,
      "Ask the client for the job's file again.",
      error,
    );
  }
}

/** The packed output words of an input. @throws Torch2CircomError as {@link programValues} does */
export function outputWords(
  model: BuiltModel,
  input: CommittedInput,
  values: readonly Float64Array[] = programValues(model, input),
): bigint[] {
  const { program, manifest } = model;
  return manifest.outputs.flatMap(({ packing }, i) => packWords(values[program.outputs[i].tensor], packing));
}

/** What a proof shows of output words: these, the commitment to them, or each behind its mask. */
export function outputSignals(
  { manifest }: BuiltModel,
  salt: bigint,
  words: readonly bigint[],
): readonly bigint[] {
  const { outputMode } = manifest;
  const domain = BigInt(manifest.domain);
  if (outputMode === "committed") return [commitOutputWords(domain, salt, words)];
  return outputMode === "encrypted" ? encryptOutputWords(domain, salt, words) : words;
}

/** The public signals of a proof before the commitment to its input, as the escrow takes them. */
export function shownSignals(
  model: BuiltModel,
  input: CommittedInput,
  words: readonly bigint[],
): readonly bigint[] {
  const { weightCommitment, inputMode } = model.manifest;
  const signals = [...outputSignals(model, input.salt, words)];
  if (weightCommitment !== undefined) signals.push(BigInt(weightCommitment));
  if (inputMode !== "evaluated") return signals;
  const packed = inputWords(model, input);
  const point = inputChallenge(commitmentTo(model, input), packed);
  return [...signals, evaluateWords(packed, point), point];
}

/** How many public signals, the first ones, show the outputs. */
export function outputSignalCount({ manifest }: BuiltModel): number {
  if (manifest.outputMode === "committed") return 1;
  return manifest.outputs.reduce((sum, { packing }) => sum + packing.words, 0);
}

/** How many public signals its proof has; of a model in segments, those that the escrow knows of: outputs, input and binding. */
export function publicSignalCount(model: BuiltModel): number {
  return model.segments.length === 0 ? model.verificationKey.nPublic : outputSignalCount(model) + 2;
}

/**
 * The answers that a proof's output signals stand for.
 *
 * @param opening for a model with committed or encrypted outputs
 * @returns undefined where nothing opens outputs that are committed to or encrypted
 * @throws Torch2CircomError where the words are not the proven ones
 */
export function answersOf(
  model: BuiltModel,
  signals: readonly bigint[],
  opening: Opening | undefined,
): Answer[] | undefined {
  const { outputMode } = model.manifest;
  if (outputMode === "committed" && opening?.words === undefined) return undefined;
  if (outputMode === "encrypted" && opening === undefined) return undefined;
  return decodeOutputs(model.manifest, signals, opening);
}

export interface ProvenInference {
  readonly proof: Proof;
  readonly publicSignals: PublicSignals;
  readonly answers: readonly Answer[];
  /** The packed output words: with the input's salt, they open a commitment to the outputs. */
  readonly words: readonly bigint[];
  /** Wall-clock time of witness and proof. */
  readonly seconds: number;
}

/**
 * Proves the model's answer on an input.
 *
 * @param prover what makes the proof
 * @param binding what ties the proof to a job and its payee; 0 outside a job
 */
export async function proveInference(
  model: BuiltModel,
  prover: Prover,
  input: CommittedInput,
  binding = 0n,
): Promise<ProvenInference> {
  const { manifest, paths } = model;
  const values = programValues(model, input);
  const words = outputWords(model, input, values);
  const start = performance.now();
  const witness = await makeWitness(model, circuitInput(model, input, binding), values);
  // Signals are the first wires: outputs, commitment or input words, binding.
  const signals = outputSignals(model, input.salt, words);
  const shown = witnessElements(witness, 1, 1 + signals.length);
  if (signals.some((signal, i) => shown[i] !== signal)) {
    throw new Torch2CircomError(
      "INTERNAL_CHECK_FAILED",
      `The circuit of ${manifest.name} and its program give different outputs`,
      "The build is damaged: build the model again.",
    );
  }
  await requireProvingKey(model);
  const { proof, publicSignals } = await prover.prove(paths.zkey, witness, model.verificationKey);
  const seconds = (performance.now() - start) / 1000;
  const answers = decodeOutputs(manifest, signals, { salt: input.salt, words });
  return { proof, publicSignals, answers, words, seconds };
}

/** A damaged key may well give a proof, which nobody accepts. */
export async function requireProvingKey({ hashes, paths }: BuiltCircuit): Promise<void> {
  const hash = await hashUnchanged(paths.zkey).catch(() => undefined);
  if (hash === hashes.zkey) return;
  throw new Torch2CircomError(
    "KEY_INVALID",
    `The proving key ${paths.zkey} is ${hash === undefined ? "missing" : "not the one that was built"}`,
    "Build the model again.",
  );
}
