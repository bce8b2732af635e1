import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readManifest } from "../artifacts/manifest.js";
import { modelPaths } from "../artifacts/paths.js";
import { loadModel } from "../inference/model.js";
import { attackBuild } from "./models/attack.js";
import { build } from "./models/build.js";
import { samplesFor, withConfiguration } from "./models/configured.js";
import { calibrateFile, evaluateFile, inspectFile } from "./models/files.js";
import { prove, verifyOffChain } from "./models/prove.js";
import type { ModelMethods } from "./types.js";

/** The methods that need no chain: files, builds and proofs. */
export function modelMethods(hre: HardhatRuntimeEnvironment): ModelMethods {
  const { outDir } = hre.config.torch2circom;
  const load = (name: string) => loadModel(modelPaths(outDir, name));
  return {
    inspect(model, given = {}) {
      const { file, options } = withConfiguration(hre, model, given);
      const samples = given.samples ?? hre.config.torch2circom.models[model]?.samples;
      return inspectFile(file, { ...options, samples });
    },
    evaluate(model, samples, given = {}) {
      const { file, options } = withConfiguration(hre, model, given);
      return evaluateFile(file, samplesFor(hre, model, samples), options);
    },
    calibrate(model, samples, given) {
      const { file, options } = withConfiguration(hre, model, given);
      return calibrateFile(file, samplesFor(hre, model, samples), options);
    },
    build: (options) => build(hre, options),
    manifest: (name) => readManifest(modelPaths(outDir, name).manifest),
    async prove(name, options = {}) {
      if ("job" in options) return prove(await load(name), outDir, options);
      const samples = samplesFor(hre, name, options.samples);
      return prove(await load(name), outDir, { ...options, samples });
    },
    async attack(name, options = {}) {
      const samples = samplesFor(hre, name, options.samples);
      return attackBuild(await load(name), { ...options, samples });
    },
    list: async () => (await import("./list.js")).list(hre),

    async verify(name, proven, askRegistry = false) {
      const model = await load(name);
      const result = await verifyOffChain(model, proven);
      if (!askRegistry) return result;
      const { verifyByRegistry } = await import("./payments/verify.js");
      return { ...result, validOnChain: await verifyByRegistry(hre, model, proven) };
    },
  };
}
