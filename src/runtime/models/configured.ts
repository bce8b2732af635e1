import { existsSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import type { Project } from "../project.js";
import { MODEL_NAME } from "../../artifacts/names.js";
import { resolveModel } from "../../config/resolve.js";
import type { ModelConfig } from "../../config/types.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { ModelOptions } from "../types.js";
import { definedOnly } from "./options.js";

/** A model by its name in the configuration or by its file; options of the command line come first. */
export function modelConfig(
  project: Project,
  model: string,
  options: ModelOptions & { readonly name?: string },
): ModelConfig {
  const { root } = project.config.paths;
  const { models } = project.config.torch2circom;
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

/**
 * The file of samples that was given, or that of the model's configuration.
 *
 * @param model its name in the configuration, under which it is built too, or its file
 * @throws Torch2CircomError where there is none
 */
export function samplesFor(project: Project, model: string, given?: string): string {
  const samples = given ?? project.config.torch2circom.models[model]?.samples;
  if (samples !== undefined) return samples;
  throw new Torch2CircomError(
    "SAMPLES_INVALID",
    `No samples are given for "${model}"`,
    "Give typical inputs: --samples samples.npz (.npy, .json or a folder), or `samples` in the model's configuration.",
  );
}

/** What the configuration says of a model, if it is one of it; options that were given come first. */
export function withConfiguration<Options extends ModelOptions>(
  project: Project,
  model: string,
  options: Options,
): { readonly file: string; readonly options: Options } {
  const config = project.config.torch2circom.models[model];
  if (config === undefined) return { file: model, options };
  // All of it but the names and files, layers of their own bits included.
  const own = definedOnly({
    ...config,
    name: undefined,
    source: undefined,
    samples: undefined,
    card: undefined,
    provider: undefined,
    batch: undefined,
    segments: undefined,
  });
  return { file: config.source, options: { ...own, ...definedOnly(options) } as Options };
}
