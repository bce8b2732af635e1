import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathsIn } from "../../artifacts/paths.js";
import { auditVerifier } from "../../audit/chain.js";
import { failed, type AuditStep } from "../../audit/steps.js";
import type { AuditTarget } from "../../audit/target.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { verificationKeyOf } from "../../phase2/verificationKey.js";
import { contractNameOf, verifierText } from "../../pipeline/verifier.js";
import type { Project } from "../project.js";

/** Whether the contract at an address is the Solidity verifier of the audited key, as this project compiles it. */
export async function auditDeployed(
  project: Project,
  target: AuditTarget,
  address: string,
): Promise<AuditStep> {
  const { name, model, setup } = target.manifest;
  const { source, deployedBytecode } = await compiledVerifier(project, contractNameOf(name));
  const text = verifierText({ name, ...model }, setup, verificationKeyOf(pathsIn(target.paths.folder).zkey));
  // A stranger's build can have the name of one of this project's.
  if (source !== text)
    return failed(
      "Solidity verifier",
      new Error(`this project compiles the verifier of another key as "${name}"`),
    );
  const { ethers } = await project.connection();
  return auditVerifier(address, await ethers.provider.getCode(address), deployedBytecode);
}

interface Artifact {
  readonly deployedBytecode: string;
  readonly inputSourceName: string;
  readonly buildInfoId: string;
}

interface BuildInfo {
  readonly input: { readonly sources: Readonly<Record<string, { readonly content: string }>> };
}

/** What the project has compiled: the text, and the code. */
async function compiledVerifier(
  { config }: Project,
  contract: string,
): Promise<{ readonly source: string; readonly deployedBytecode: string }> {
  const { artifacts } = config.paths;
  const read = async (...names: string[]) =>
    JSON.parse(await readFile(join(artifacts, ...names), "utf8")) as unknown;
  try {
    const own = (await read("contracts", "generated", `${contract}.sol`, `${contract}.json`)) as Artifact;
    const { input } = (await read("build-info", `${own.buildInfoId}.json`)) as BuildInfo;
    return { source: input.sources[own.inputSourceName].content, deployedBytecode: own.deployedBytecode };
  } catch (error) {
    throw new Torch2CircomError(
      "NOT_COMPILED",
      `The verifier ${contract} is not compiled`,
      "Run npx hardhat build first.",
      error as Error,
    );
  }
}
