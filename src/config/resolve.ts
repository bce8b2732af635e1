import { resolve } from "node:path";
import type { ModelConfig, ModelUserConfig, Torch2CircomConfig, Torch2CircomUserConfig } from "./types.js";

/** @param root the project's folder, which the user's paths are relative to. */
export function resolveConfig(root: string, user: Torch2CircomUserConfig = {}): Torch2CircomConfig {
  const models = Object.entries(user.models ?? {}).map(
    ([name, model]) => [name, resolveModel(root, name, model)] as const,
  );
  return {
    models: Object.fromEntries(models),
    // Not below Hardhat's artifacts: there `hardhat build` deletes every folder with a .json file that is no contract's.
    outDir: resolve(root, user.outDir ?? "torch2circom"),
    prover: user.prover ?? "snarkjs",
    circom: user.circom ?? "wasm",
    ...(user.ptau && {
      ptau: { path: resolve(root, user.ptau.path), sha256: user.ptau.sha256?.toLowerCase() },
    }),
  };
}

/** A model with all defaults, also for one that is given on the command line only. */
export function resolveModel(root: string, name: string, model: ModelUserConfig): ModelConfig {
  return {
    name,
    source: resolve(root, model.source),
    ...(model.samples !== undefined && { samples: resolve(root, model.samples) }),
    inputBits: model.inputBits ?? 8,
    ...(model.weightBits !== undefined && { weightBits: model.weightBits }),
    ...(model.activationBits !== undefined && { activationBits: model.activationBits }),
    ...(model.layers !== undefined && { layers: model.layers }),
    input: model.input ?? "committed",
    weights: model.weights ?? "public",
    output: model.output ?? "public",
  };
}
