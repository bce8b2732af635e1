import {
  outputModeOf,
  requireBoundSalt,
  type ShownOutput,
  type WeightMode,
  type InputMode,
} from "../program/modes.js";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ModelPaths } from "../artifacts/paths.js";
import type { ComparisonForm } from "../artifacts/reportForm.js";
import { writeWhole } from "../artifacts/writeFile.js";
import type { LowestBit } from "../circom/explicitBits.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { ImportedModel } from "../import/importModel.js";
import type { Samples } from "../import/samples/loadSamples.js";
import { SIGNAL_GAS } from "../forecast/gas.js";
import { weightCost } from "../netlist/cost.js";
import { priceOf } from "../netlist/netlist.js";
import type { Precision } from "../lowering/types.js";
import type { Netlist } from "../netlist/types.js";
import type { Program } from "../program/types.js";
import type { Evaluation } from "../quantize/evaluate.js";
import { layerErrors, layerThatLoses } from "../quantize/blame.js";
import type { Comparison } from "../quantize/comparison.js";
import { outlierOf } from "../quantize/outliers.js";
import { quantizeTraced, sharedWork } from "../quantize/quantize.js";
import { sampledModel } from "../quantize/sampledModel.js";
import { cheapestMeasuredProgram, type Economy } from "../search/cheapest.js";
import {
  DEFAULT_BITS,
  isFaithful,
  withEnoughBits,
  type ChosenBits,
  type RequestedBits,
} from "../search/precision.js";
import { belowTheStep } from "../search/stair.js";
import { droppedFrom } from "./dropped.js";
import { noticeLoss } from "./loss.js";
import { followRecipe, type ProgramRecipe } from "./followRecipe.js";
import { writeProgram } from "./writeTexts.js";
import { writeSecrets } from "./secrets.js";
import { makeReport, type Report, type Reported } from "./report.js";

/** How a model becomes a circuit. */
export interface CircuitOptions extends RequestedBits {
  readonly input: InputMode;
  /** Whether weights are constants of the circuit, or secret. @default "public" */
  readonly weights?: WeightMode;
  readonly output: ShownOutput;
  /** Whether lowest bits are wires, for tools that look for under-constrained signals. @default "expression" */
  readonly lowestBit?: LowestBit;
  /**
   * The greatest error of any output, as a share of its range on the samples, with which a model is built.
   * @default any: a notice names the output and the layer
   */
  readonly maxError?: number;
  /** The samples by whose values ranges are chosen, in per cent: beyond, activations are saturated. @default 100 */
  readonly percentile?: number;
  /** Numbers of the samples by which the integer model is judged. @default all of them */
  readonly judgedBy?: readonly number[];
}

/** Index bits of an output's table: finer than activations, since it is that of few neurons. */
const TABLE_BITS = 10;

/** Bits that are tried. */
type Tried = Omit<Precision, keyof Economy | "tableBits">;

function precisionOf(tried: Tried, economy: Economy): Precision {
  return { ...tried, tableBits: Math.max(TABLE_BITS, tried.activationBits), ...economy };
}

export interface IntegerModel extends Reported {
  /** What program and netlist were made by. */
  readonly recipe: ProgramRecipe;
  readonly bits: ChosenBits;
  /** Both models side by side; undefined with private weights, of which it would tell. */
  readonly comparison: () => Comparison | undefined;
  /** How well it does on some samples. @param part their numbers */
  readonly measureOn: (part: readonly number[]) => Evaluation;
}

/** Graph and samples -> integer program, its netlist, and how well it does. */
export function makeIntegerModel(
  model: ImportedModel,
  samples: Samples,
  options: CircuitOptions,
): IntegerModel {
  return integerModels(model, samples, options.percentile)(options);
}

/** As {@link makeIntegerModel}, for many choices of bits of one model: what they have in common is computed once. */
export function integerModels(
  model: ImportedModel,
  samples: Samples,
  percentile?: number,
): (options: CircuitOptions) => IntegerModel {
  const sampled = sampledModel(model.graph, samples, percentile);
  const { graph, ranges, calibration } = sampled;
  const shared = sharedWork();
  return (options) => {
    requireBoundSalt(options.input, options.output);
    const secret = options.weights === "private";
    const traced = (tried: Tried, economy: Economy, output: "public" | "argmax") =>
      quantizeTraced(graph, ranges, {
        precision: precisionOf(tried, economy),
        output,
        source: model.sha256,
        secretWeights: secret,
        shared,
      });
    const quantized: (...choice: Parameters<typeof traced>) => Program = (...choice) =>
      traced(...choice).program;
    const outputMode = outputModeOf(options.output);
    // Scores are of values: a program that shows only the argmax is measured by the one that shows what it is of.
    const shown = (tried: Tried, economy: Economy, program: Program) =>
      options.output === "argmax" ? quantized(tried, economy, "argmax") : program;
    const domainOf = (program: Program) => priceOf(program, options.input, outputMode).domain;
    const enough = withEnoughBits(options, (tried) => {
      const { program, economy, accuracy } = cheapestMeasuredProgram(
        (one) => quantized(tried, one, "public"),
        (one) => sampled.measure(one, options.judgedBy),
      );
      return { program: shown(tried, economy, program), accuracy, measured: { program, economy, tried } };
    });
    const { economy } = enough.measured;
    const smaller = belowTheStep(
      options,
      enough.bits,
      { domain: domainOf(enough.program), accuracy: enough.accuracy },
      (bits) => {
        const tried = { ...bits, layers: options.layers };
        const measured = { program: quantized(tried, economy, "public"), economy, tried };
        const program = shown(tried, economy, measured.program);
        const measure = () => sampled.measure(measured.program, options.judgedBy);
        return { program, measured, domain: domainOf(program), measure };
      },
    );
    const { program, measured } = smaller?.made ?? enough;
    const { bits, accuracy } = smaller ?? enough;
    const errors = () => {
      const { whole, values } = traced(measured.tried, measured.economy, "public");
      return layerErrors(graph, whole, sampled.samples, values);
    };
    const lossNotices = noticeLoss(accuracy, options.maxError, () => ({
      layer: layerThatLoses(errors()),
      outlier: outlierOf(graph, calibration),
    }));
    const open = {
      errors: () => (secret ? undefined : errors()),
      comparison: () => (secret ? undefined : sampled.compare(measured.program)),
    };
    const dropped = () => {
      const shows = options.output === "argmax" ? "argmax" : "public";
      return droppedFrom(traced(measured.tried, measured.economy, shows).whole, program);
    };
    const { input, output, weights = "public" } = options;
    const precision = { ...precisionOf(measured.tried, measured.economy), layers: options.layers ?? {} };
    const recipe: ProgramRecipe = { input, output, weights, precision, ranges };
    const { program: named, netlist } = followRecipe(graph, model.sha256, recipe, shared);
    const notices = [
      ...(samples.notices ?? []),
      ...noticesOf(options, bits, accuracy),
      ...lossNotices,
      ...(options.lowestBit === "wire" ? [EXPLICIT_BITS] : []),
      ...signalNotices(netlist),
      ...(secret ? secretNotices(named, netlist) : []),
    ];
    const measureOn = (part: readonly number[]) => sampled.measure(measured.program, part);
    return { recipe, program: named, netlist, accuracy, bits, notices, dropped, ...open, measureOn };
  };
}

/** What private weights cost, and which constants stay public. */
function secretNotices(program: Program, netlist: Netlist): string[] {
  const { weights, words, perWeight } = weightCost(program, netlist);
  if (weights === 0) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "No layer of the model has weights that could be private",
      "Private are the weights of linear and convolution layers; build this model with --weights public.",
    );
  }
  const open = program.operations.filter(
    (operation) =>
      operation.kind === "lookup" ||
      (operation.kind === "linear" && !operation.secret && operation.bias.some((b) => b !== 0)),
  );
  const names = [...new Set(open.map(({ name }) => name))];
  return [
    `${weights.toLocaleString("en")} private weights and biases in ${words.toLocaleString("en")} words, ${perWeight.toFixed(2)} constraints each`,
    ...(names.length === 0 ? [] : [`tables and constants of these layers stay public: ${names.join(", ")}`]),
  ];
}

/** What was decided about bits, and what is left to the user. */
function noticesOf(asked: RequestedBits, bits: ChosenBits, accuracy: Evaluation): string[] {
  const { inputBits, weightBits, activationBits } = bits;
  const inputs = inputBits > DEFAULT_BITS && asked.inputBits === undefined ? `${inputBits}-bit inputs, ` : "";
  const used = `${inputs}${weightBits}-bit weights and ${activationBits}-bit activations`;
  const more =
    inputs !== "" ||
    weightBits > (asked.weightBits ?? DEFAULT_BITS) ||
    activationBits > (asked.activationBits ?? DEFAULT_BITS);
  const fewer =
    weightBits < (asked.weightBits ?? DEFAULT_BITS) ||
    activationBits < (asked.activationBits ?? DEFAULT_BITS);
  return [
    ...(more ? [`8 bits lose accuracy on these samples, so ${used} are used`] : []),
    ...(fewer ? [`${used} do as well on these samples as 8 bits, in half the proving time`] : []),
    ...(isFaithful(accuracy)
      ? []
      : [`with ${used} the integer model is still less accurate than the float model`]),
  ];
}

const EXPLICIT_BITS =
  "the lowest bit of every decomposition is a wire: a linear constraint more for each than is counted here";

/** Output words from which on a commitment to them is worth a thought. */
const MANY_WORDS = 8;

function signalNotices({ outputs, outputMode }: Netlist): string[] {
  const words = outputs.reduce((sum, output) => sum + output.words, 0);
  if (outputMode === "committed" || words <= MANY_WORDS) return [];
  const gas = (words * SIGNAL_GAS).toLocaleString("en");
  return [
    `the outputs take ${words} public signals, about ${gas} gas per proof: --output committed shows one instead`,
  ];
}

/** A model under the name by which it is published. */
export interface NamedModel extends Pick<ImportedModel, "format" | "sha256"> {
  readonly weightCommitment?: bigint;
}

/**
 * Writes `program.json`, `main.circom`, `constants.circom`, `report.json` and `comparison.json` to the build's folder, all without secret
 * weights, which go to a file of their own.
 */
export async function writeIntegerModel(
  paths: ModelPaths,
  name: string,
  model: ImportedModel,
  integer: IntegerModel,
  lowestBit?: LowestBit,
): Promise<{ report: Report; model: NamedModel }> {
  const { folder } = paths;
  const { program, netlist } = integer;
  const report = makeReport(name, model.graph, {
    ...integer,
    notices: [...model.notices, ...integer.notices],
  });
  await writeProgram(folder, name, model.sha256, { program, netlist }, lowestBit);
  await writeWhole(join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  const comparison = integer.comparison();
  // Of a build before, with public weights.
  if (comparison === undefined) await rm(paths.comparison, { force: true });
  else await writeWhole(paths.comparison, `${JSON.stringify(comparison satisfies ComparisonForm)}\n`);
  const { format, sha256 } = model;
  if (netlist.weightWords.length === 0) return { report, model: { format, sha256 } };
  const weightCommitment = await writeSecrets(paths.secrets, program, netlist);
  // Whoever guesses a model could check the guess by the hash of its file; the commitment has a salt.
  const named = weightCommitment.toString(16).padStart(64, "0");
  return { report, model: { format, sha256: named, weightCommitment } };
}
