import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readManifest } from "../../src/artifacts/manifest.js";
import { modelPaths, type ModelPaths } from "../../src/artifacts/paths.js";
import { readComparison, readReport, readStages, type ReportForm } from "../../src/artifacts/reportForm.js";
import type { ReportData } from "../../src/report/data.js";
import { buildOnce } from "../helpers/builds.js";
import { FIXTURES, makeProject } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");

/** A project with the build of iris, and what its page is drawn from. */
export async function builtIris(): Promise<{
  hre: HardhatRuntimeEnvironment;
  paths: ModelPaths;
  data: ReportData;
}> {
  const { hre } = await makeProject({ models: { iris: { source: join(samples, "model.pt2"), samples } } });
  await buildOnce(hre);
  const paths = modelPaths(hre.config.torch2circom.outDir, "iris");
  const data = {
    manifest: await readManifest(paths.manifest),
    report: await readReport(paths.report),
    comparison: await readComparison(paths.comparison),
    stages: await readStages(paths.stages),
  };
  return { hre, paths, data };
}

/** What a stranger's file could call a layer. */
export const HOSTILE = `</title><script>alert(1)</script><img src=x onerror=alert(2)>"' onload="alert(3)" &lt;&#60;\u202e\u0000 ${"x".repeat(5000)}`;

/** The same build, with a hostile name wherever a file can give one. */
export function withHostileNames({ manifest, report, comparison, stages }: ReportData): ReportData {
  const { errors = [] } = report;
  return {
    manifest: {
      ...manifest,
      model: { ...manifest.model, file: HOSTILE },
      inputs: manifest.inputs.map((input) => ({ ...input, name: HOSTILE })),
      outputs: manifest.outputs.map((output) => ({ ...output, name: HOSTILE })),
    },
    report: {
      ...report,
      layers: report.layers.map((layer) => ({ ...layer, layer: HOSTILE, gadget: HOSTILE })),
      parts: report.parts.map((part) => ({ ...part, part: HOSTILE, gadget: HOSTILE })),
      errors: errors.map((error) => ({ ...error, layer: HOSTILE })),
      notices: [HOSTILE],
    },
    comparison: comparison && {
      ...comparison,
      outputs: comparison.outputs.map((output) => ({ ...output, output: HOSTILE })),
    },
    stages: stages?.map((stage) => ({ ...stage, stage: HOSTILE })),
  };
}

/** A report with so many layers, each of which takes elements of the two before it. */
export function withLayers(report: ReportForm, count: number, name: (i: number) => string): ReportForm {
  const [layer] = report.layers;
  return {
    ...report,
    layers: Array.from({ length: count }, (_, i) => ({
      ...layer,
      layer: name(i),
      nonlinear: i,
      from: i < 2 ? [-1] : [i - 2, i - 1],
    })),
    results: [count - 1],
    errors: Array.from({ length: count }, (_, i) => ({
      layer: name(i),
      rmsError: i / 1e4,
      before: Math.max(0, i - 1) / 1e4,
      lo: -1,
      hi: 1,
    })),
  };
}
