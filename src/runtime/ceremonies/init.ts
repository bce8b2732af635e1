import { floorLog2 } from "../../elementary/powersOfTwo.js";
import { readManifest } from "../../artifacts/manifest.js";
import type { ModelPaths } from "../../artifacts/paths.js";
import { keyedCircuits } from "../../ceremony/circuits.js";
import { hasCeremony } from "../../ceremony/folder.js";
import { initializeCeremony } from "../../ceremony/initialize.js";
import { createProgress, inStage } from "../../progress/progress.js";
import type { Project } from "../project.js";
import type { CircuitCeremony, InitOptions } from "../types.js";
import { transcripts } from "./find.js";
import { powersOfTauFor } from "./powersOfTau.js";

/** Begins a ceremony for each key of a build that has none. @returns all ceremonies of the build */
export async function initCeremonies(
  project: Project,
  paths: ModelPaths,
  options: InitOptions,
): Promise<CircuitCeremony[]> {
  const progress = options.progress ?? createProgress({ silent: true });
  const manifest = await readManifest(paths.manifest);
  const all = keyedCircuits(manifest, paths);
  const circuits = all.filter(({ ceremony }) => !hasCeremony(ceremony));
  const ptau = circuits.length > 0 ? await powersOfTauFor(project, all, options) : undefined;
  for (const circuit of circuits)
    await inStage(
      progress,
      `Make the key of ${circuit.name} without contributions`,
      () => initializeCeremony(circuit, ptau!),
      ({ transcript }) => `over 2^${floorLog2(transcript.init.domain)} rows`,
    );
  return transcripts(paths);
}
