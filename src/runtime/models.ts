import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readManifest } from "../artifacts/manifest.js";
import { modelPaths } from "../artifacts/paths.js";
import { loadModel } from "../inference/model.js";
import { attackBuild } from "./models/attack.js";
import { build } from "./models/build.js";
import { calibrateFile, evaluateFile, inspectFile } from "./models/files.js";
import { prove, verifyOffChain } from "./models/prove.js";
import type { ModelMethods } from "./types.js";

/** The methods that need no chain: files, builds and proofs. */
export function modelMethods(hre: HardhatRuntimeEnvironment): ModelMethods {
  const { outDir } = hre.config.torch2circom;
  const load = (name: string) => loadModel(modelPaths(outDir, name));
  return {
    inspect: inspectFile,
    evaluate: evaluateFile,
    calibrate: calibrateFile,
    build: (options) => build(hre, options),
    manifest: (name) => readManifest(modelPaths(outDir, name).manifest),
    prove: async (name, options) => prove(await load(name), outDir, options),
    attack: async (name, options) => attackBuild(await load(name), options),

    async verify(name, proven, askRegistry = false) {
      const model = await load(name);
      const result = await verifyOffChain(model, proven);
      if (!askRegistry) return result;
      const { verifyByRegistry } = await import("./payments/verify.js");
      return { ...result, validOnChain: await verifyByRegistry(hre, model, proven) };
    },
  };
}
