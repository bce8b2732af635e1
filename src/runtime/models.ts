import { existsSync } from "node:fs";
import type { Project } from "./project.js";
import { readManifest } from "../artifacts/manifest.js";
import { modelPaths, type ModelPaths } from "../artifacts/paths.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { modelConfig, samplesFor, withConfiguration } from "./models/configured.js";
import type { ModelMethods } from "./types.js";

/** The methods that need no chain: files, builds and proofs. Each action loads when it is first called. */
export function modelMethods(project: Project): ModelMethods {
  const { outDir } = project.config.torch2circom;
  const load = async (name: string) =>
    (await import("../inference/model.js")).loadModel(modelPaths(outDir, name));
  const files = () => import("./models/files.js");
  const drawReport = async (paths: ModelPaths) => (await import("./models/report.js")).writeReportPage(paths);
  const proofs = () => import("./models/prove.js");
  return {
    async inspect(model, given = {}) {
      const { file, options } = withConfiguration(project, model, given);
      const samples = given.samples ?? project.config.torch2circom.models[model]?.samples;
      return (await files()).inspectFile(file, { ...options, samples });
    },
    async estimate(model, given = {}) {
      const { file, options } = withConfiguration(project, model, given);
      const samples = given.samples ?? project.config.torch2circom.models[model]?.samples;
      const { estimateFile } = await import("./models/estimate.js");
      return estimateFile(project.config.torch2circom, file, { ...options, samples });
    },
    async evaluate(model, samples, given = {}) {
      const { file, options } = withConfiguration(project, model, given);
      return (await files()).evaluateFile(file, samplesFor(project, model, samples), options);
    },
    async calibrate(model, samples, given) {
      const { file, options } = withConfiguration(project, model, given);
      const calibrated = await (
        await files()
      ).calibrateFile(file, samplesFor(project, model, samples), options);
      const { saveCalibration } = await import("./models/calibration.js");
      const paths = modelPaths(outDir, modelConfig(project, model, {}).name);
      await saveCalibration(paths.calibration, given.maxLoss, calibrated);
      // The choices are kept: a build that is damaged shows them when it is built again.
      if (existsSync(paths.manifest)) await drawReport(paths).catch(unlessDamaged);
      return calibrated;
    },
    build: async (options) => (await import("./models/build.js")).build(project, options),
    powersOfTau: async (power, options) =>
      (await import("./models/powersOfTau.js")).powersOfTau(project, power, options),
    report: (name) => drawReport(modelPaths(outDir, name)),
    manifest: (name) => readManifest(modelPaths(outDir, name).manifest),
    async prove(name, options = {}) {
      const { prove } = await proofs();
      const { proverOf } = await import("./prover.js");
      const prover = await proverOf(project);
      if ("job" in options) return prove(await load(name), prover, project.config.torch2circom, options);
      const samples = samplesFor(project, name, options.samples);
      return prove(await load(name), prover, project.config.torch2circom, { ...options, samples });
    },
    async proveSegments(name, options) {
      const { proveSegments: prove } = await import("./models/proveSegments.js");
      const { proverOf } = await import("./prover.js");
      return prove(await load(name), () => proverOf(project), project.config.torch2circom, options);
    },
    async prover(name) {
      const { openProver } = await import("./models/prover.js");
      return openProver(project, await load(name));
    },
    async attack(name, options = {}) {
      const samples = samplesFor(project, name, options.samples);
      const { attackBuild } = await import("./models/attack.js");
      return attackBuild(await load(name), project.config.torch2circom.cacheDir, { ...options, samples });
    },
    list: async () => (await import("./list.js")).list(project),

    async verify(name, proven, askRegistry = false) {
      const model = await load(name);
      const result = await (await proofs()).verifyOffChain(model, proven);
      if (!askRegistry) return result;
      const { verifyByRegistry } = await import("./payments/verify.js");
      return { ...result, validOnChain: await verifyByRegistry(project, model, proven) };
    },
  };
}

function unlessDamaged(error: unknown): void {
  if (!(error instanceof Torch2CircomError && error.code === "BUILD_DAMAGED")) throw error;
}
