import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { modelPaths } from "../../artifacts/paths.js";
import { auditBuild, isBundle, withBundle } from "../../audit/audit.js";
import { auditChain, auditedModelId, auditVerifier } from "../../audit/chain.js";
import type { AuditStep } from "../../audit/steps.js";
import { auditTarget, type AuditTarget } from "../../audit/target.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { contractNameOf } from "../../pipeline/verifier.js";
import { createProgress, type Progress } from "../../progress/progress.js";
import { powersOfTauSource } from "../ceremonies/powersOfTau.js";
import type { Project } from "../project.js";
import type { AuditOptions, AuditResult } from "../types.js";

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
  if (existsSync(place)) return { folder: dirname(resolve(place)) };
  throw new Torch2CircomError("BUILD_NOT_FOUND", `There is no manifest ${place}`, "Check the path.");
}

async function auditAll(
  project: Project,
  target: AuditTarget,
  options: AuditOptions,
  progress: Progress,
): Promise<AuditResult> {
  const { name } = target.manifest;
  const { cacheDir } = project.config.torch2circom;
  const parameters = { ...options, cacheDir, ptau: powersOfTauSource(project, options) };
  const steps = await auditBuild(target, parameters, progress);
  if (options.onChain) steps.push(...(await auditNetwork(project, target)));
  if (options.verifier !== undefined) steps.push(await auditDeployed(project, name, options.verifier));
  const passed = steps.every(({ state }) => state !== "failed");
  return { name, modelId: auditedModelId(target), passed, steps };
}

async function auditNetwork(project: Project, target: AuditTarget): Promise<AuditStep[]> {
  const { contractsToRead } = await import("../payments/deployments.js");
  return auditChain(target, (await contractsToRead(project)).contracts);
}

async function auditDeployed(project: Project, name: string, address: string): Promise<AuditStep> {
  const { ethers } = await project.connection();
  const contract = contractNameOf(name);
  const artifact = join(
    project.config.paths.artifacts,
    "contracts",
    "generated",
    `${contract}.sol`,
    `${contract}.json`,
  );
  const text = await readFile(artifact, "utf8").catch((cause: Error) => {
    throw new Torch2CircomError(
      "NOT_COMPILED",
      `The verifier ${contract} is not compiled`,
      "Run npx hardhat build first.",
      cause,
    );
  });
  const { deployedBytecode } = JSON.parse(text) as { deployedBytecode: string };
  return auditVerifier(address, await ethers.provider.getCode(address), deployedBytecode);
}
