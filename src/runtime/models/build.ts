import { resolve } from "node:path";
import type { Project } from "../project.js";
import { modelPaths, type ModelPaths } from "../../artifacts/paths.js";
import { readCard } from "../../artifacts/readCard.js";
import { writeWhole } from "../../artifacts/writeFile.js";
import { buildModel, type BuildResult } from "../../pipeline/buildModel.js";
import { verifierFile } from "../../pipeline/verifier.js";
import { checkSystem, circuitsOf, type SystemCheck } from "../../inference/checkSystem.js";
import { commitInput } from "../../inference/infer.js";
import { loadModel, type BuiltModel } from "../../inference/model.js";
import { parsePtau } from "../../phase1/source.js";
import { recordStages } from "../../progress/recordStages.js";
import { oneLine } from "../../errors/oneLine.js";
import { createProgress, inStage, type Progress } from "../../progress/progress.js";
import type { BuildOptions } from "../types.js";
import { modelConfig, samplesFor } from "./configured.js";
import { requireDistinctName } from "./distinct.js";
import { readSample } from "./sample.js";

/** Builds a model of the configuration, or a file. */
export async function build(project: Project, options: BuildOptions): Promise<BuildResult> {
  const config = modelConfig(project, options.model, options);
  const samples = samplesFor(project, options.model, options.samples);
  const { card = config.card } = options;
  const ptau =
    options.ptau === undefined
      ? project.config.torch2circom.ptau
      : parsePtau(options.ptau, options.ptauSha256);
  await requireDistinctName(project.config.torch2circom.outDir, config.name);
  const paths = modelPaths(project.config.torch2circom.outDir, config.name);
  const { progress, stages } = recordStages(options.progress ?? createProgress({ silent: true }));
  const result = await buildModel(
    {
      ...config,
      samples: resolve(samples),
      card: card === undefined ? undefined : await readCard(resolve(card)),
      ptau,
      batch: options.batch ?? config.batch,
      segments: options.segments ?? config.segments,
      lowestBit: options.lowestBit,
      maxError: options.maxError ?? config.maxError,
      force: options.force,
      anyway: options.anyway,
      cacheDir: project.config.torch2circom.cacheDir,
      paths,
      verifier: verifierFile(project.config.paths.root, config.name),
    },
    progress,
  );
  await writeWhole(paths.stages, `${JSON.stringify(stages, null, 2)}\n`);
  await drawReport(paths, progress);
  if (!options.check) return result;
  const model = await loadModel(paths);
  return { ...result, check: await check(model, samples, progress) };
}

/** The build is whole without its page: what goes wrong with it is said, and no more. */
async function drawReport(paths: ModelPaths, progress: Progress): Promise<void> {
  try {
    await inStage(
      progress,
      "Draw the report",
      async () => (await import("./report.js")).writeReportPage(paths),
      () => "report.html",
    );
  } catch (error) {
    progress.note(`There is no report.html of this build: ${oneLine((error as Error).message)}`);
  }
}

/** Shows that a build's constraints are those of its circuits' texts, on the first sample. @returns all of them together */
async function check(model: BuiltModel, samples: string, progress: Progress): Promise<SystemCheck> {
  const input = commitInput(model, await readSample(model, samples, 0));
  const checks: SystemCheck[] = [];
  for (const circuit of circuitsOf(model, input))
    checks.push(
      await inStage(
        progress,
        `Compile the whole circuit of ${circuit.name}, and compare`,
        () => checkSystem(circuit),
        describeCheck,
      ),
    );
  return {
    compared: checks.every(({ compared }) => compared),
    constraints: checks.reduce((sum, { constraints }) => sum + constraints, 0),
  };
}

/** What a comparison has shown, in words. */
export function describeCheck({ compared, constraints }: SystemCheck): string {
  return compared
    ? `${constraints.toLocaleString("en")} constraints, the same as circom's`
    : "circom ran out of memory: not compared";
}
