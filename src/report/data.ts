import type { Manifest } from "../artifacts/manifestForm.js";
import type { Calibration, ComparisonForm, ReportForm, StageTimes } from "../artifacts/reportForm.js";

/** The files of a build that its page is drawn from. */
export interface ReportData {
  readonly manifest: Manifest;
  readonly report: ReportForm;
  /** Undefined with private weights, and where the build is of a version that did not compare. */
  readonly comparison?: ComparisonForm;
  /** Undefined where the build is of a version that did not measure. */
  readonly stages?: StageTimes;
  /** Undefined where the model was never calibrated. */
  readonly calibration?: Calibration;
}
