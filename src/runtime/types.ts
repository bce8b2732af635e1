import type { AuditMethods } from "./types/audit.js";
import type { CeremonyMethods } from "./types/ceremonies.js";
import type { ModelMethods } from "./types/models.js";
import type { PaymentMethods } from "./types/payments.js";
import type { ServiceMethods } from "./types/service.js";

export type * from "./types/audit.js";
export type * from "./types/ceremonies.js";
export type * from "./types/models.js";
export type * from "./types/options.js";
export type * from "./types/payments.js";
export type * from "./types/results.js";
export type * from "./types/service.js";

// Types of other rooms in options and results, for those who name them.
export type { Answer } from "../client/outputs.js";
export type { AuditStep } from "../audit/steps.js";
export type { AttackReport } from "../attack/types.js";
export type { Books } from "../service/books/books.js";
export type { BuildEstimate } from "../pipeline/estimateBuild.js";
export type { BuildResult } from "../pipeline/buildModel.js";
export type { Calibrated, CalibrateOptions } from "../search/calibrateBits.js";
export type { Contracts } from "../client/contracts.js";
export type { Deployment } from "../client/deploy.js";
export type { Estimate } from "../pipeline/estimate.js";
export type { Evaluation } from "../quantize/evaluate.js";
export type { InputMode } from "../program/modes.js";
export type { JobState } from "../client/jobState.js";
export type { Receipt } from "../client/send.js";
export type { LowestBit } from "../circom/explicitBits.js";
export type { Manifest } from "../artifacts/manifest.js";
export type { ModelInspection } from "../import/inspectModel.js";
export type { PowersOfTau } from "../phase1/source.js";
export type { Progress } from "../progress/progress.js";
export type { Proof, PublicSignals } from "../groth16/types.js";
export type { Transcript } from "../ceremony/transcript.js";

/**
 * What the tasks do, as functions, with the same options, defaults and errors: `hre.torch2circom` on the network of
 * `--network`, and `connection.torch2circom` on a connection that a test or a script made itself. Every function throws
 * a Torch2CircomError that says what to do.
 */
export interface Torch2CircomRuntime extends ModelMethods, PaymentMethods, AuditMethods {
  /** Trusted setups with many contributors. */
  readonly ceremony: CeremonyMethods;
  /** Answers sold over HTTP. */
  readonly service: ServiceMethods;
}
