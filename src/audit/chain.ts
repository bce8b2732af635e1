import type { Contracts } from "../client/contracts.js";
import { encodeVerificationKey, type BatchKey } from "../client/escrow.js";
import { explainRefusal } from "../client/errors.js";
import { modelIdOf } from "../client/modelId.js";
import { requireOwnContracts } from "../client/ownContracts.js";
import { setupHash } from "../artifacts/manifest.js";
import { pathsIn } from "../artifacts/paths.js";
import { verificationKeyOf } from "../phase2/verificationKey.js";
import { auditStep, ensure, type AuditStep } from "./steps.js";
import type { AuditTarget } from "./target.js";

/** The id under which the registry has a build, if its files are what they have to be. */
export function auditedModelId({ manifest, circuits }: AuditTarget): string {
  const keys = circuits.map(({ folder }) => verificationKeyOf(pathsIn(folder).zkey));
  const [key, ...others] = keys;
  const isCut = manifest.segments !== undefined;
  const batches: BatchKey[] = isCut
    ? []
    : (manifest.batches ?? []).map(({ jobs }, i) => ({ jobs, key: others[i] }));
  const id = modelIdOf(manifest, { key, batches, segments: isCut ? keys : [] });
  ensure(id !== undefined, "the manifest has no hash of a circuit");
  return id;
}

/** What needs no chain: hashes and the model's id, computed again. */
export function auditIds(target: AuditTarget, expected?: string): Promise<AuditStep> {
  return auditStep("model id", () => {
    for (const { name, manifest } of target.circuits)
      ensure(
        manifest.setupHash === setupHash(manifest),
        `the setup hash of ${name} is not that of its setup`,
      );
    const id = auditedModelId(target);
    ensure(
      expected === undefined || id === expected.toLowerCase(),
      `keys and manifest are of the model ${id}, not of ${expected}`,
    );
    return id;
  });
}

/** What a chain has: the contracts of this package, and the model under its id with these keys. */
export async function auditChain(target: AuditTarget, contracts: Contracts): Promise<AuditStep[]> {
  const { registry } = contracts;
  return [
    await auditStep("contracts", async () => {
      await requireOwnContracts(contracts);
      return `registry ${await registry.getAddress()} and escrow ${await contracts.escrow.getAddress()} have this package's code`;
    }),
    await auditStep("registration", async () => {
      const id = auditedModelId(target);
      // The id is a hash of all keys, circuits and setups. Both calls revert for a model that is not registered.
      if (target.manifest.segments !== undefined) await explainRefusal(() => registry.pipelineOf(id));
      else {
        const registered = await explainRefusal(() => registry.verificationKey(id));
        const [{ folder }] = target.circuits;
        const key = encodeVerificationKey(verificationKeyOf(pathsIn(folder).zkey));
        ensure(registered === key, "the registry has another key");
      }
      return `registered as ${id}`;
    }),
  ];
}

/**
 * Whether the code at an address is that of the Solidity verifier which this project compiles.
 *
 * @param deployed the code on the chain, in hexadecimal
 * @param compiled the runtime code of the artifact
 */
export function auditVerifier(address: string, deployed: string, compiled: string): Promise<AuditStep> {
  return auditStep("Solidity verifier", () => {
    ensure(deployed !== "0x", `there is no contract at ${address}`);
    ensure(deployed === compiled, `the contract at ${address} is not what this project compiles for the key`);
    return `the contract at ${address} is this build's`;
  });
}
