import { modelPaths } from "../../artifacts/paths.js";
import { auditBuild, folderOf, isBundle, withBundle } from "../../audit/audit.js";
import { auditChain, auditedModelId } from "../../audit/chain.js";
import { isPassed } from "../../audit/describe.js";
import type { AuditStep } from "../../audit/steps.js";
import { auditTarget, type AuditTarget } from "../../audit/target.js";
import { createProgress, type Progress } from "../../progress/progress.js";
import { powersOfTauSource } from "../ceremonies/powersOfTau.js";
import type { Project } from "../project.js";
import type { AuditOptions, AuditResult } from "../types.js";
import { auditDeployed } from "./deployed.js";

/** Audits a build of the project, a manifest with its files, or a bundle. */
export async function audit(project: Project, place: string, options: AuditOptions): Promise<AuditResult> {
  const progress = options.progress ?? createProgress({ silent: true });
  const work = (target: AuditTarget) => auditAll(project, target, options, progress);
  if (isBundle(place)) return withBundle(place, options.model, progress, work);
  const { folder, model } = placeOf(project, place);
  return work(await auditTarget(folder, options.model ?? model));
}

/** A build by its name, or by its manifest. */
function placeOf({ config }: Project, place: string): { folder: string; model?: string } {
  if (!place.endsWith(".json"))
    return {
      folder: modelPaths(config.torch2circom.outDir, place).folder,
      model: config.torch2circom.models[place]?.source,
    };
  return { folder: folderOf(place) };
}

async function auditAll(
  project: Project,
  target: AuditTarget,
  options: AuditOptions,
  progress: Progress,
): Promise<AuditResult> {
  const { name } = target.manifest;
  const { cacheDir } = project.config.torch2circom;
  const node = options.onChain ? (await project.connection()).ethers.provider : undefined;
  const parameters = { ...options, cacheDir, ptau: powersOfTauSource(project, options), node };
  const steps = await auditBuild(target, parameters, progress);
  if (options.onChain) steps.push(...(await auditNetwork(project, target)));
  if (options.verifier !== undefined) steps.push(await auditDeployed(project, target, options.verifier));
  return { name, modelId: idOf(target), passed: isPassed(steps), steps };
}

/** Undefined where the files are so wrong that they have none: a step says why. */
function idOf(target: AuditTarget): string | undefined {
  try {
    return auditedModelId(target);
  } catch {
    return undefined;
  }
}

async function auditNetwork(project: Project, target: AuditTarget): Promise<AuditStep[]> {
  const { contractsToRead } = await import("../payments/deployments.js");
  return auditChain(target, (await contractsToRead(project)).contracts);
}
