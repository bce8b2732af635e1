import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathsIn } from "../artifacts/paths.js";
import type { NodeClient } from "../ceremony/blockBeacon.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { obtainPowersOfTau } from "../phase1/obtain.js";
import type { PowersOfTau, PtauSource } from "../phase1/source.js";
import { readKeyHeader } from "../phase2/keyHeader.js";
import { inStage, type Progress } from "../progress/progress.js";
import { unpackBundle } from "./bundle.js";
import { auditIds } from "./chain.js";
import { auditCircuit } from "./circuit.js";
import { auditSetup } from "./setup.js";
import { skipped, type AuditStep } from "./steps.js";
import { auditTarget, type AuditTarget } from "./target.js";

export interface AuditParameters {
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  /** Needed where a key is of a ceremony. */
  readonly ptau?: PtauSource;
  /** Hashes of contributions that have to be there, such as one's own. @default none */
  readonly attested?: readonly string[];
  /** The fewest contributions that are enough, a beacon not counted. @default 1 */
  readonly minContributions?: number;
  /** Whether to compile each circuit whole with circom, and compare. @default true */
  readonly compile?: boolean;
  /** The id that the model should have. @default any */
  readonly modelId?: string;
  /** Of the chain whose block a beacon may be. @default none, so that the block is not asked for */
  readonly node?: NodeClient;
}

/** All steps of an audit that need no chain. */
export async function auditBuild(
  target: AuditTarget,
  {
    cacheDir,
    ptau: source,
    attested = [],
    minContributions = 1,
    compile = true,
    modelId,
    node,
  }: AuditParameters,
  progress: Progress,
): Promise<AuditStep[]> {
  // Other kinds of setups fail before anything of them is read.
  const isCeremony = target.circuits.every(({ manifest }) => manifest.setup === "ceremony");
  // Before anything long.
  if (isCeremony && source === undefined) throw noPowersOfTau();
  const circuit = await inStage(progress, "Make the circuit again", () =>
    auditCircuit(target, { cacheDir, compile }),
  );
  // How large powers of tau are fetched, no stranger decides whose files are not what they say.
  if (circuit.some(({ state }) => state === "failed"))
    return [...circuit, skipped("keys", "not looked at, for they are of something else than the model")];
  const ptau = isCeremony ? await powersOfTauOf(target, source, cacheDir, progress) : undefined;
  const setup = await inStage(progress, "Verify the keys by two programs", (onProgress) =>
    auditSetup(target, { ptau, attested, minContributions, node, onProgress }),
  );
  return [...circuit, ...setup, await auditIds(target, modelId)];
}

/**
 * The powers of tau for all keys of a build.
 *
 * @throws Torch2CircomError if there are none, or they do not serve the circuits
 */
export async function powersOfTauOf(
  { circuits }: Pick<AuditTarget, "circuits">,
  source: PtauSource | undefined,
  cacheDir: string,
  progress: Progress,
): Promise<PowersOfTau> {
  if (source === undefined) throw noPowersOfTau();
  const domains = circuits.map(({ folder }) => readKeyHeader(pathsIn(folder).zkey).domainSize);
  // A domain of n rows serves up to n - 1 constraints and public signals.
  return obtainPowersOfTau({ source, size: Math.max(...domains) - 1, cacheDir }, progress);
}

function noPowersOfTau(): Torch2CircomError {
  return new Torch2CircomError(
    "PTAU_INVALID",
    "A key of many contributors begins with powers of tau, and none are given",
    "Say --ptau hermez for a file of the public ceremony, or --ptau with the path of one; or set `ptau` in the configuration.",
  );
}

/**
 * The folder of a build by the path of its manifest.
 *
 * @throws Torch2CircomError for another name: it is not the file that would be read
 */
export function folderOf(manifest: string): string {
  if (basename(manifest) === "manifest.json" && existsSync(manifest)) return dirname(resolve(manifest));
  throw new Torch2CircomError(
    "BUILD_NOT_FOUND",
    `There is no build here: ${manifest} is not the manifest.json of one`,
    "Give the path of a manifest.json beside the files of its build, or of a bundle (.tgz).",
  );
}

/** Whether a path is that of a bundle, by its name. */
export function isBundle(path: string): boolean {
  return /\.(tgz|tar\.gz)$/.test(path);
}

/** Runs `work` with the build in a bundle, which is unpacked for that long. @param modelFile in the place of the bundle's */
export async function withBundle<Result>(
  path: string,
  modelFile: string | undefined,
  progress: Progress,
  work: (target: AuditTarget) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "torch2circom-bundle-"));
  try {
    await inStage(
      progress,
      `Unpack ${basename(path)}`,
      () => unpackBundle(path, folder),
      (sha256) => `sha256 ${sha256}`,
    );
    return await work(await auditTarget(folder, modelFile));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
