import envPaths from "env-paths";
import { resolve } from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { resolvePtau } from "../phase1/source.js";
import type { ModelConfig, ModelUserConfig, Torch2CircomConfig, Torch2CircomUserConfig } from "./types.js";

/** @param root the project's folder, which the user's paths are relative to. */
export function resolveConfig(root: string, user: Torch2CircomUserConfig = {}): Torch2CircomConfig {
  const models = Object.entries(user.models ?? {}).map(
    ([name, model]) => [name, resolveModel(root, name, model)] as const,
  );
  return {
    models: Object.fromEntries(models),
    // Not below Hardhat's artifacts: there `hardhat build` deletes every folder with a .json file that is not a
    // contract's.
    outDir: resolve(root, user.outDir ?? "torch2circom"),
    // Not in the folder of the builds, which can all be made again: the salt of a job exists only here.
    jobsDir: resolve(root, user.jobsDir ?? "torch2circom-jobs"),
    cacheDir: user.cacheDir === undefined ? userCache() : resolve(root, user.cacheDir),
    ...(user.prover !== undefined && { prover: user.prover }),
    ...(user.rapidsnark !== undefined && { rapidsnark: resolve(root, user.rapidsnark) }),
    circom: user.circom ?? "wasm",
    ...(user.ptau !== undefined && { ptau: resolvePtau(root, user.ptau) }),
  };
}

export function userCache(): string {
  return envPaths("torch2circom", { suffix: "" }).cache;
}

/** Below 2 bits nothing is left of a model; above 16 its sums leave the numbers that the executor is exact on. */
export const [LEAST_BITS, MOST_BITS] = [2, 16];

/**
 * A model with all defaults, also for one that is given on the command line only.
 * @throws Torch2CircomError for bits out of {@link LEAST_BITS} to {@link MOST_BITS}
 */
export function resolveModel(root: string, name: string, model: ModelUserConfig): ModelConfig {
  for (const option of ["inputBits", "weightBits", "activationBits"] as const) {
    const bits = model[option] ?? LEAST_BITS;
    if (Number.isInteger(bits) && bits >= LEAST_BITS && bits <= MOST_BITS) continue;
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `${option} is ${bits}, which no model can be built with`,
      `Choose a whole number from ${LEAST_BITS} to ${MOST_BITS}; 8 is usual.`,
    );
  }
  const percentile = model.percentile ?? 100;
  if (!(percentile > 0 && percentile <= 100)) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `percentile is ${percentile}, which no range can follow`,
      "Choose a number above 0 and up to 100; 99 leaves one sample of a hundred out of the ranges.",
    );
  }
  return {
    name,
    source: resolve(root, model.source),
    ...(model.samples !== undefined && { samples: resolve(root, model.samples) }),
    ...(model.card !== undefined && { card: resolve(root, model.card) }),
    ...(model.inputBits !== undefined && { inputBits: model.inputBits }),
    ...(model.sizes !== undefined && { sizes: model.sizes }),
    ...(model.weightBits !== undefined && { weightBits: model.weightBits }),
    ...(model.activationBits !== undefined && { activationBits: model.activationBits }),
    ...(model.percentile !== undefined && { percentile: model.percentile }),
    ...(model.maxError !== undefined && { maxError: model.maxError }),
    ...(model.provider !== undefined && { provider: model.provider }),
    ...(model.prices !== undefined && { prices: model.prices }),
    ...(model.segments !== undefined && { segments: model.segments }),
    ...(model.batch !== undefined && { batch: model.batch }),
    ...(model.layers !== undefined && { layers: model.layers }),
    input: model.input ?? "committed",
    weights: model.weights ?? "public",
    output: model.output ?? "public",
  };
}
