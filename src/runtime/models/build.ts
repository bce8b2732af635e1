import { join, resolve } from "node:path";
import type { Project } from "../project.js";
import { modelPaths } from "../../artifacts/paths.js";
import { buildModel, contractNameOf, type BuildResult } from "../../pipeline/buildModel.js";
import { createProgress } from "../../progress/progress.js";
import type { BuildOptions } from "../types.js";
import { modelConfig, samplesFor } from "./configured.js";
import { requireDistinctName } from "./distinct.js";

/** Builds a model of the configuration, or a file. */
export async function build(project: Project, options: BuildOptions): Promise<BuildResult> {
  const config = modelConfig(project, options.model, options);
  const samples = samplesFor(project, options.model, options.samples);
  const { ptau: path, ptauSha256: sha256 } = options;
  const ptau = path === undefined ? project.config.torch2circom.ptau : { path: resolve(path), sha256 };
  await requireDistinctName(project.config.torch2circom.outDir, config.name);
  return buildModel(
    {
      ...config,
      samples: resolve(samples),
      ptau,
      lowestBit: options.lowestBit,
      maxError: options.maxError ?? config.maxError,
      force: options.force,
      cacheDir: project.config.torch2circom.cacheDir,
      paths: modelPaths(project.config.torch2circom.outDir, config.name),
      verifier: join(
        project.config.paths.root,
        "contracts",
        "generated",
        `${contractNameOf(config.name)}.sol`,
      ),
    },
    options.progress ?? createProgress({ silent: true }),
  );
}
