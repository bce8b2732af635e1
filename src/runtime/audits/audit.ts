import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { hashFile } from "../../artifacts/hash.js";
import { modelPaths } from "../../artifacts/paths.js";
import { unpackBundle } from "../../audit/bundle.js";
import { auditChain, auditedModelId, auditIds, auditVerifier } from "../../audit/chain.js";
import { auditCircuit } from "../../audit/circuit.js";
import { auditSetup } from "../../audit/setup.js";
import type { AuditStep } from "../../audit/steps.js";
import { auditTarget, type AuditTarget } from "../../audit/target.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { contractNameOf } from "../../pipeline/verifier.js";
import { createProgress, inStage, type Progress } from "../../progress/progress.js";
import { powersOfTauFor } from "../ceremonies/powersOfTau.js";
import type { Project } from "../project.js";
import type { AuditOptions, AuditResult } from "../types.js";

/** Audits a build of the project, a manifest with its files, or a bundle. */
export async function audit(project: Project, target: string, options: AuditOptions): Promise<AuditResult> {
  const progress = options.progress ?? createProgress({ silent: true });
  if (!isBundle(target)) {
    const { folder, model } = placeOf(project, target);
    return auditFolder(project, await auditTarget(folder, options.model ?? model), options, progress);
  }
  const folder = await mkdtemp(join(tmpdir(), "torch2circom-bundle-"));
  try {
    const sha256 = await hashFile(target);
    await inStage(
      progress,
      `Unpack ${basename(target)}`,
      () => unpackBundle(target, folder),
      () => `sha256 ${sha256}`,
    );
    return await auditFolder(project, await auditTarget(folder, options.model), options, progress);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isBundle = (target: string): boolean => /\.(tgz|tar\.gz)$/.test(target);

/** A build by its name, or by its manifest. */
function placeOf({ config }: Project, target: string): { folder: string; model?: string } {
  if (!target.endsWith(".json"))
    return {
      folder: modelPaths(config.torch2circom.outDir, target).folder,
      model: config.torch2circom.models[target]?.source,
    };
  if (existsSync(target)) return { folder: dirname(resolve(target)) };
  throw new Torch2CircomError("BUILD_NOT_FOUND", `There is no manifest ${target}`, "Check the path.");
}

async function auditFolder(
  project: Project,
  target: AuditTarget,
  options: AuditOptions,
  progress: Progress,
): Promise<AuditResult> {
  const { manifest, paths } = target;
  const { attested = [], minContributions = 1, compile = true, onChain = false, modelId } = options;
  const steps: AuditStep[] = [];
  const { cacheDir } = project.config.torch2circom;
  steps.push(
    ...(await inStage(progress, "Make the circuit again", () => auditCircuit(target, { cacheDir, compile }))),
  );
  const isCeremony = target.circuits.every((circuit) => circuit.manifest.setup === "ceremony");
  // Other kinds of setups fail before anything of them is read.
  const ptau = isCeremony
    ? await powersOfTauFor(project, manifest, paths, { ...options, progress })
    : undefined;
  steps.push(
    ...(await inStage(progress, "Verify the keys by two programs", (onProgress) =>
      auditSetup(target, { ptau, attested, minContributions, onProgress }),
    )),
  );
  steps.push(await auditIds(target, modelId));
  if (onChain) steps.push(...(await auditNetwork(project, target)));
  if (options.verifier !== undefined)
    steps.push(await auditDeployed(project, manifest.name, options.verifier));
  return {
    name: manifest.name,
    modelId: auditedModelId(target),
    passed: steps.every(({ state }) => state !== "failed"),
    steps,
  };
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
