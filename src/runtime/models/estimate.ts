import { resolve } from "node:path";
import type { Torch2CircomConfig } from "../../config/types.js";
import { measuredSpeed } from "../../forecast/speed.js";
import { findRapidsnark } from "../../groth16/chooseProver.js";
import { estimateBuild, type BuildEstimate } from "../../pipeline/estimateBuild.js";
import { createProgress, inStage } from "../../progress/progress.js";
import type { EstimateOptions } from "../types.js";
import { circuitOptions } from "./files.js";

/** What a build of a file takes on this machine. */
export async function estimateFile(
  config: Torch2CircomConfig,
  file: string,
  { samples, progress = createProgress({ silent: true }), ...options }: EstimateOptions,
): Promise<BuildEstimate> {
  const { cacheDir, outDir: folder } = config;
  const rapidsnark = await findRapidsnark(config);
  const speed = await inStage(progress, "Measure this machine, unless it was", () =>
    measuredSpeed(cacheDir, rapidsnark),
  );
  const source = resolve(file);
  const parameters = { ...circuitOptions(options), source, samples, sizes: options.sizes, cacheDir, folder };
  return estimateBuild(parameters, speed, progress);
}
