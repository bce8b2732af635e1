import { existsSync } from "node:fs";
import { readManifest } from "../../artifacts/manifest.js";
import type { ModelPaths } from "../../artifacts/paths.js";
import { readCalibration, readComparison, readReport, readStages } from "../../artifacts/reportForm.js";
import { writeWhole } from "../../artifacts/writeFile.js";
import { pageOf } from "../../report/page.js";
import type { ReportPage } from "../types.js";

/**
 * Writes the report of a build as a page, from the files of its folder.
 *
 * @throws Torch2CircomError where there is no build, or a file of it is damaged
 */
export async function writeReportPage(paths: ModelPaths): Promise<ReportPage> {
  const manifest = await readManifest(paths.manifest);
  const page = pageOf({
    manifest,
    report: await readReport(paths.report),
    comparison: existsSync(paths.comparison) ? await readComparison(paths.comparison) : undefined,
    stages: existsSync(paths.stages) ? await readStages(paths.stages) : undefined,
    calibration: existsSync(paths.calibration) ? await readCalibration(paths.calibration) : undefined,
  });
  await writeWhole(paths.page, page.html);
  return { name: manifest.name, file: paths.page, headlines: page.headlines, findings: page.findings };
}
