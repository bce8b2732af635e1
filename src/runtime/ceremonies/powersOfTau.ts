import type { Manifest } from "../../artifacts/manifest.js";
import { pathsIn, type ModelPaths } from "../../artifacts/paths.js";
import { keyedCircuits } from "../../ceremony/circuits.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { obtainPowersOfTau } from "../../phase1/obtain.js";
import { parsePtau, type PowersOfTau } from "../../phase1/source.js";
import { readKeyHeader } from "../../phase2/keyHeader.js";
import { createProgress } from "../../progress/progress.js";
import type { Project } from "../project.js";
import type { InitOptions } from "../types.js";

/**
 * The powers of tau for all keys of a build: those that were given, else the configuration's.
 *
 * @throws Torch2CircomError if there are none, or they do not serve the circuits
 */
export async function powersOfTauFor(
  { config }: Project,
  manifest: Manifest,
  paths: ModelPaths,
  { ptau, ptauSha256, progress = createProgress({ silent: true }) }: InitOptions,
): Promise<PowersOfTau> {
  const { ptau: configured, cacheDir } = config.torch2circom;
  const source = ptau === undefined ? configured : parsePtau(ptau, ptauSha256);
  if (source === undefined)
    throw new Torch2CircomError(
      "PTAU_INVALID",
      "A key of many contributors begins with powers of tau, and none are given",
      "Say --ptau hermez for a file of the public ceremony, or --ptau with the path of one; or set `ptau` in the configuration.",
    );
  const domains = keyedCircuits(manifest, paths).map(
    ({ folder }) => readKeyHeader(pathsIn(folder).zkey).domainSize,
  );
  // A domain of n rows serves up to n - 1 constraints and public signals.
  return obtainPowersOfTau({ source, size: Math.max(...domains) - 1, cacheDir }, progress);
}
