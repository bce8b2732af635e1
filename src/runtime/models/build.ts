import { definedOnly } from "./options.js";
import { existsSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { MODEL_NAME, modelPaths } from "../../artifacts/paths.js";
import { buildModel, contractNameOf, type BuildResult } from "../../pipeline/buildModel.js";
import { resolveModel } from "../../config/resolve.js";
import type { ModelConfig } from "../../config/types.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { createProgress } from "../../progress/progress.js";
import type { BuildOptions } from "../types.js";

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
