import { serve } from "../progress/thread.js";
import { checkKey, type KeyPaths, type KeyVerification } from "./checkKey.js";
import { checkNewContribution, type NewContributionPaths } from "./checkNewContribution.js";
import type { Contribution } from "./contributions.js";

/** A verification by {@link checkKey} or {@link checkNewContribution}. */
export type VerifyRun =
  ({ readonly kind: "key" } & KeyPaths) | ({ readonly kind: "contribution" } & NewContributionPaths);

serve<VerifyRun, KeyVerification | Contribution, number>((run, report) =>
  run.kind === "key" ? checkKey(run, report) : checkNewContribution(run),
);
