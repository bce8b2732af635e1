import type { Project } from "./project.js";
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
export function modelMethods(project: Project): ModelMethods {
  const { outDir } = project.config.torch2circom;
  const load = (name: string) => loadModel(modelPaths(outDir, name));
  return {
    inspect(model, given = {}) {
      const { file, options } = withConfiguration(project, model, given);
      const samples = given.samples ?? project.config.torch2circom.models[model]?.samples;
      return inspectFile(file, { ...options, samples });
    },
    evaluate(model, samples, given = {}) {
      const { file, options } = withConfiguration(project, model, given);
      return evaluateFile(file, samplesFor(project, model, samples), options);
    },
    calibrate(model, samples, given) {
      const { file, options } = withConfiguration(project, model, given);
      return calibrateFile(file, samplesFor(project, model, samples), options);
    },
    build: (options) => build(project, options),
    manifest: (name) => readManifest(modelPaths(outDir, name).manifest),
    async prove(name, options = {}) {
      if ("job" in options) return prove(await load(name), outDir, options);
      const samples = samplesFor(project, name, options.samples);
      return prove(await load(name), outDir, { ...options, samples });
    },
    async attack(name, options = {}) {
      const samples = samplesFor(project, name, options.samples);
      return attackBuild(await load(name), { ...options, samples });
    },
    list: async () => (await import("./list.js")).list(project),

    async verify(name, proven, askRegistry = false) {
      const model = await load(name);
      const result = await verifyOffChain(model, proven);
      if (!askRegistry) return result;
      const { verifyByRegistry } = await import("./payments/verify.js");
      return { ...result, validOnChain: await verifyByRegistry(project, model, proven) };
    },
  };
}
