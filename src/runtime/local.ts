import { existsSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { MODEL_NAME, modelPaths } from "../artifacts/paths.js";
import { estimate, estimateOn } from "../pipeline/estimate.js";
import { buildModel, contractNameOf, type BuildResult } from "../pipeline/buildModel.js";
import { integerModels, makeIntegerModel, type CircuitOptions } from "../pipeline/integerModel.js";
import { resolveModel } from "../config/resolve.js";
import type { ModelConfig } from "../config/types.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { GraphValue } from "../graph/types.js";
import type { Tensor } from "../tensor/types.js";
import { importModel } from "../import/importModel.js";
import { inspectModel } from "../import/inspectModel.js";
import { loadInputs, loadSamples } from "../import/samples/loadSamples.js";
import type { BuiltModel } from "../inference/model.js";
import { createProgress } from "../progress/progress.js";
import { RefusedError } from "../quantize/refused.js";
import { calibrateBits, type Calibrated, type CalibrateOptions } from "../search/calibrateBits.js";
import type {
  BuildOptions,
  FileEvaluation,
  InspectOptions,
  Inspection,
  ModelOptions,
  SizeOptions,
} from "./types.js";

/** Builds a model of the configuration, or a file. */
export async function build(hre: HardhatRuntimeEnvironment, options: BuildOptions): Promise<BuildResult> {
  const config = modelConfig(hre, options.model, options);
  const samples = options.samples ?? config.samples;
  if (samples === undefined) {
    throw new Torch2CircomError(
      "SAMPLES_INVALID",
      `No samples are given for "${config.name}"`,
      "Give some typical inputs, from which value ranges are taken: --samples samples.npz (.npy, .json or a folder).",
    );
  }
  const { ptau: path, ptauSha256: sha256 } = options;
  const ptau = path === undefined ? hre.config.torch2circom.ptau : { path: resolve(path), sha256 };
  return buildModel(
    {
      ...config,
      samples: resolve(samples),
      ptau,
      lowestBit: options.lowestBit,
      maxError: options.maxError,
      paths: modelPaths(hre.config.torch2circom.outDir, config.name),
      verifier: join(hre.config.paths.root, "contracts", "generated", `${contractNameOf(config.name)}.sol`),
    },
    options.progress ?? createProgress({ silent: true }),
  );
}

/** What a file holds; and if it can be proven, what that would cost: on samples as in a build, else by a guess. */
export async function inspectFile(
  file: string,
  { sizes, samples }: InspectOptions = {},
): Promise<Inspection> {
  const inspection = await inspectModel(file, sizes);
  if (inspection.unsupported.length > 0) return { ...inspection, estimate: null };
  try {
    const model = await importModel(file, sizes);
    if (samples === undefined) return { ...inspection, estimate: estimate(model.graph) };
    const rows = await loadSamples(samples, model.graph);
    return { ...inspection, estimate: estimateOn(model, rows, circuitOptions({})) };
  } catch (error) {
    if (error instanceof RefusedError) return { ...inspection, unsupported: error.refusals, estimate: null };
    // Samples that do not fit are no matter of the model.
    if (!(error instanceof Torch2CircomError) || samples !== undefined) throw error;
    return { ...inspection, estimate: null, obstacle: error.message };
  }
}

/** Scores of the float model and of the integer program on samples; no circuit is made. */
export async function evaluateFile(
  file: string,
  samples: string,
  options: ModelOptions = {},
): Promise<FileEvaluation> {
  const model = await importModel(file, options.sizes);
  const rows = await loadSamples(samples, model.graph);
  const { accuracy, bits, notices } = makeIntegerModel(model, rows, circuitOptions(options));
  return { ...accuracy, ...bits, notices: [...model.notices, ...notices] };
}

/** One sample of so many is held out, if there are enough. */
const HELD_OUT = 4;
const ENOUGH_SAMPLES = 16;

/** Samples by which bits are chosen, and samples that only confirm the choice. */
function parted(count: number): { judgedBy: number[]; heldOut: number[] } {
  const all = Array.from({ length: count }, (_, i) => i);
  const isHeld = (i: number) => count >= ENOUGH_SAMPLES && i % HELD_OUT === HELD_OUT - 1;
  return { judgedBy: all.filter((i) => !isHeld(i)), heldOut: all.filter(isHeld) };
}

/** The bits with which a model has the fewest constraints within a loss of accuracy; no circuit is made. */
export async function calibrateFile(
  file: string,
  samples: string,
  options: CalibrateOptions & SizeOptions,
): Promise<Calibrated> {
  const model = await importModel(file, options.sizes);
  const rows = await loadSamples(samples, model.graph);
  const make = integerModels(model, rows);
  const { judgedBy, heldOut } = parted(rows.count);
  return calibrateBits((bits) => {
    const { netlist, accuracy, measureOn } = make({ ...circuitOptions({}), ...bits, judgedBy });
    return { netlist, accuracy, heldOut: heldOut.length === 0 ? undefined : measureOn(heldOut) };
  }, options);
}

function circuitOptions(options: ModelOptions): CircuitOptions {
  const { maxError, ...config } = options;
  return { ...resolveModel("", "model", { source: "", ...definedOnly(config) }), maxError };
}

/** One sample of a file of samples, for a model that is built. */
export async function readSample(
  model: BuiltModel,
  path: string,
  index: number,
): Promise<Map<string, Tensor>> {
  // Elements of different domains are inputs of their own, under the name of the model's input.
  const shapes = new Map(model.manifest.inputs.map(({ name, shape }) => [name, shape]));
  const inputs = Array.from(shapes, ([id, shape]): GraphValue => ({ id, dtype: "float", shape }));
  const samples = await loadInputs(path, inputs);
  if (!Number.isInteger(index) || index < 0 || index >= samples.count) {
    throw new Torch2CircomError(
      "SAMPLES_INVALID",
      `${path} has ${samples.count} samples, none with index ${index}`,
      `Choose an index from 0 to ${samples.count - 1}.`,
    );
  }
  return new Map(inputs.map(({ id }) => [id, samples.inputs.get(id)![index]]));
}

/** A model by its name in the configuration or by its file; options of the command line come first. */
function modelConfig(hre: HardhatRuntimeEnvironment, model: string, options: BuildOptions): ModelConfig {
  const { root } = hre.config.paths;
  const { models } = hre.config.torch2circom;
  const overrides = definedOnly({
    inputBits: options.inputBits,
    weightBits: options.weightBits,
    activationBits: options.activationBits,
    percentile: options.percentile,
    input: options.input,
    weights: options.weights,
    output: options.output,
    sizes: options.sizes,
  });
  if (models[model] !== undefined) return { ...models[model], ...overrides, name: options.name ?? model };
  if (!existsSync(model)) {
    const known = Object.keys(models);
    throw new Torch2CircomError(
      "MODEL_NOT_FOUND",
      `There is no file ${model}, and no model of that name in the configuration`,
      known.length === 0
        ? "Give the path of a .pt2 or .onnx file."
        : `Give a file, or one of: ${known.join(", ")}.`,
    );
  }
  return resolveModel(root, options.name ?? nameOf(model), { source: resolve(model), ...overrides });
}

/** `models/lenet.pt2` -> lenet; `lenet/model.pt2` -> lenet, since such names tell nothing. */
function nameOf(file: string): string {
  const stem = basename(file, extname(file));
  const chosen = stem === "model" ? basename(dirname(resolve(file))) : stem;
  const name = chosen.replace(/[^A-Za-z0-9_-]+/g, "-");
  return MODEL_NAME.test(name) ? name : `model-${name}`.slice(0, 64);
}

function definedOnly<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
