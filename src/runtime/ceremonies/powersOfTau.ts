import { powersOfTauOf } from "../../audit/audit.js";
import type { AuditTarget } from "../../audit/target.js";
import { parsePtau, type PowersOfTau, type PtauSource } from "../../phase1/source.js";
import { createProgress } from "../../progress/progress.js";
import type { Project } from "../project.js";
import type { InitOptions } from "../types.js";

/** The powers of tau that were given, else the configuration's; undefined if there are none. */
export function powersOfTauSource(
  { config }: Project,
  { ptau, ptauSha256 }: Pick<InitOptions, "ptau" | "ptauSha256">,
): PtauSource | undefined {
  return ptau === undefined ? config.torch2circom.ptau : parsePtau(ptau, ptauSha256);
}

/** The powers of tau for all keys of a build. @throws Torch2CircomError if there are none, or they do not serve */
export function powersOfTauFor(
  project: Project,
  circuits: AuditTarget["circuits"],
  options: InitOptions,
): Promise<PowersOfTau> {
  const { progress = createProgress({ silent: true }) } = options;
  const { cacheDir } = project.config.torch2circom;
  return powersOfTauOf({ circuits }, powersOfTauSource(project, options), cacheDir, progress);
}
