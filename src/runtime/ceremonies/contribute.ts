import type { ModelPaths } from "../../artifacts/paths.js";
import { contributeHere, takeContribution } from "../../ceremony/contribute.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { readContributions } from "../../phase2/readContributions.js";
import { createProgress, inStage } from "../../progress/progress.js";
import type { CircuitCeremony, ContributeOptions } from "../types.js";
import { describeCeremony, openCeremonies, type OpenCeremony } from "./find.js";

/** Contributes to each key of a build, or takes in contributions from files. @returns the ceremonies that were extended */
export async function contributeToAll(
  paths: ModelPaths,
  { from, name = "anonymous", typed, progress = createProgress({ silent: true }) }: ContributeOptions,
): Promise<CircuitCeremony[]> {
  const all = await openCeremonies(paths);
  const extended: OpenCeremony[] = [];
  if (from === undefined)
    for (const { circuit } of all) {
      const ceremony = await inStage(
        progress,
        `Contribute to the key of ${circuit.name}`,
        (onProgress) => contributeHere(circuit.ceremony, { name, typed, onProgress }),
        describeLast,
      );
      extended.push({ circuit, ceremony });
    }
  for (const file of from ?? []) {
    const { circuit } = ceremonyOfFile(all, file);
    const ceremony = await inStage(
      progress,
      `Verify the contribution in ${file}`,
      () => takeContribution(circuit.ceremony, file),
      describeLast,
    );
    extended.push({ circuit, ceremony });
  }
  return extended.map(describeCeremony);
}

function describeLast({ transcript }: OpenCeremony["ceremony"]): string {
  const { index, hash } = transcript.contributions[transcript.contributions.length - 1];
  return `number ${index}, ${hash.slice(0, 16)}…`;
}

/** Which ceremony a file belongs to, by the circuit's hash in the key. */
function ceremonyOfFile(all: readonly OpenCeremony[], file: string): OpenCeremony {
  const { circuitHash } = readContributions(file);
  const found = all.find(({ ceremony }) => ceremony.transcript.init.csHash === circuitHash);
  if (found !== undefined) return found;
  throw new Torch2CircomError(
    "CEREMONY_INVALID",
    `${file} is a key of another circuit`,
    `It has to be a key of ${all.map(({ circuit }) => circuit.name).join(" or ")} with one contribution more.`,
  );
}
