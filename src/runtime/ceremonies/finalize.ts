import { existsSync } from "node:fs";
import { hashFile, hashOf } from "../../artifacts/hash.js";
import {
  readManifest,
  setupHash,
  writeManifest,
  type KeyedManifest,
  type Manifest,
} from "../../artifacts/manifest.js";
import { keepBuild } from "../../artifacts/keptKeys.js";
import { withLock } from "../../artifacts/lock.js";
import { pathsIn, type ModelPaths } from "../../artifacts/paths.js";
import type { AuditStep } from "../../audit/steps.js";
import { keyedCircuits } from "../../ceremony/circuits.js";
import { verificationKeyText } from "../../ceremony/finished.js";
import { extendCeremony, openCeremony, whileLocked, type Ceremony } from "../../ceremony/folder.js";
import { now } from "../../ceremony/time.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { requireDistinctDeltas } from "../../phase2/distinctDeltas.js";
import { Refused } from "../../phase2/refused.js";
import { verificationKeyOf } from "../../phase2/verificationKey.js";
import { ceremonyOf, setUpStage } from "../../pipeline/setUpStage.js";
import { verifierFile, writeVerifier } from "../../pipeline/verifier.js";
import { createProgress, type Progress } from "../../progress/progress.js";
import type { Project } from "../project.js";
import type { CircuitCeremony, InitOptions } from "../types.js";
import { describeCeremony, openCeremonies, type OpenCeremony } from "./find.js";
import { powersOfTauFor } from "./powersOfTau.js";
import { verifySteps } from "./verify.js";

/**
 * Verifies the ceremonies of a build, ends them, and makes their keys the build's. What it is interrupted in, it does again:
 * a ceremony has its end first, and the build follows from it.
 *
 * @throws Torch2CircomError if a key does not verify, or a contribution or an announced beacon is missing
 */
export async function finalizeCeremonies(
  project: Project,
  paths: ModelPaths,
  options: InitOptions,
): Promise<CircuitCeremony[]> {
  const progress = options.progress ?? createProgress({ silent: true });
  const ceremonies = await openCeremonies(paths);
  await requireAll(paths, ceremonies);
  const open = ceremonies.filter(({ ceremony }) => !ceremony.transcript.isFinal);
  if (open.length > 0) {
    const ptau = await powersOfTauFor(
      project,
      ceremonies.map(({ circuit }) => circuit),
      options,
    );
    // All before any has its end, after which nothing more can be contributed.
    for (const one of open) requireValid(one, await verifySteps(one, ptau, progress));
    requireOwnDeltas(ceremonies);
    for (const one of open) await end(one);
  }
  await withLock(paths.folder, () => adopt(project, paths, progress));
  // Its head says whose key it is.
  if (existsSync(paths.page)) await (await import("../models/report.js")).writeReportPage(paths);
  return (await openCeremonies(paths)).map(describeCeremony);
}

/** A set of keys is as good as its weakest. */
async function requireAll(paths: ModelPaths, ceremonies: readonly OpenCeremony[]): Promise<void> {
  const manifest = await readManifest(paths.manifest);
  const missing = keyedCircuits(manifest, paths).find(
    ({ name }) => !ceremonies.some(({ circuit }) => circuit.name === name),
  );
  if (missing === undefined) return;
  throw new Torch2CircomError(
    "CEREMONY_INVALID",
    `The key of ${missing.name} has no ceremony`,
    `Begin it too: npx hardhat torch2circom:ceremony:init ${manifest.name}`,
  );
}

function requireOwnDeltas(ceremonies: readonly OpenCeremony[]): void {
  try {
    requireDistinctDeltas(
      ceremonies.map(({ circuit, ceremony }) => ({ name: circuit.name, key: ceremony.key })),
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Torch2CircomError(
      "CEREMONY_INVALID",
      `The ceremonies cannot be finished: ${error.message}`,
      "Have one more contribution made to each key: torch2circom:ceremony:contribute makes a secret of its own for each.",
      error,
    );
  }
}

function requireValid({ ceremony }: OpenCeremony, steps: readonly AuditStep[]): void {
  const failed = steps.find(({ state }) => state === "failed");
  if (failed === undefined) return;
  throw new Torch2CircomError(
    "CEREMONY_INVALID",
    `The ceremony in ${ceremony.folder} cannot be finished: ${failed.name}: ${failed.detail}`,
    "See all steps with torch2circom:ceremony:verify.",
  );
}

/** Writes the last line of a ceremony that was verified. */
async function end({ ceremony }: OpenCeremony): Promise<Ceremony> {
  return whileLocked(ceremony.folder, async () => {
    const { transcript, key } = await openCeremony(ceremony.folder);
    if (transcript.head !== ceremony.transcript.head)
      throw new Torch2CircomError(
        "CEREMONY_INVALID",
        `The ceremony in ${ceremony.folder} went on while its key was verified`,
        "Finalize it again.",
      );
    const entry = {
      type: "final" as const,
      key: transcript.key,
      verificationKey: hashOf(verificationKeyText(key)),
      time: now(),
    };
    return extendCeremony(ceremony, entry);
  });
}

/** Makes the keys of finished ceremonies those of the build. A key that can never be made again is kept in `keys/`. */
async function adopt(project: Project, paths: ModelPaths, progress: Progress): Promise<void> {
  const manifest = await readManifest(paths.manifest);
  const circuits = keyedCircuits(manifest, paths);
  const isDone = circuits.every(({ manifest: keyed }) => keyed.setup === "ceremony");
  const kept = isDone ? undefined : await keepBuild(paths);
  try {
    const keyed: KeyedManifest[] = [];
    for (const { folder, ceremony, manifest: own } of circuits) {
      const keys = await setUpStage({ folder, ceremony, onProgress: () => undefined });
      const parts = { setup: keys.kind, ceremony: ceremonyOf(keys) };
      const hashes = {
        ...own.hashes,
        zkey: await hashFile(pathsIn(folder).zkey),
        verificationKey: await hashFile(pathsIn(folder).verificationKey),
      };
      keyed.push({ constraints: own.constraints, ...parts, setupHash: setupHash(parts), hashes });
    }
    const segments = manifest.segments ?? [];
    if (segments.length === 0) {
      const { name, model } = manifest;
      const key = verificationKeyOf(paths.zkey);
      await writeVerifier(verifierFile(project.config.paths.root, name), { name, ...model }, "ceremony", key);
    }
    await writeManifest(paths.manifest, withKeys(manifest, keyed));
    if (kept !== undefined) progress.note(`The key before it is kept in ${kept.folder}: ${kept.why}`);
  } catch (error) {
    await kept?.restore();
    throw error;
  }
}

/** A build's manifest with other keys, in the order of `keyedCircuits`. */
function withKeys(manifest: Manifest, keyed: readonly KeyedManifest[]): Manifest {
  if (manifest.segments !== undefined) {
    const [{ setup, ceremony, setupHash: hash }] = keyed;
    return { ...manifest, setup, ceremony, setupHash: hash, segments: [...keyed] };
  }
  const [own, ...batches] = keyed;
  return {
    ...manifest,
    ...own,
    ...(manifest.batches && { batches: manifest.batches.map((batch, i) => ({ ...batch, ...batches[i] })) }),
  };
}
