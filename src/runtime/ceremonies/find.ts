import { readManifest, type Manifest } from "../../artifacts/manifest.js";
import type { ModelPaths } from "../../artifacts/paths.js";
import { keyedCircuits, type KeyedCircuit } from "../../ceremony/circuits.js";
import { hasCeremony, openCeremony, type Ceremony } from "../../ceremony/folder.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { CircuitCeremony } from "../types.js";

/** A circuit of a build with its ceremony. */
export interface OpenCeremony {
  readonly circuit: KeyedCircuit;
  readonly ceremony: Ceremony;
}

/**
 * The ceremonies of a build, each of a circuit.
 *
 * @throws Torch2CircomError if the build has none, one is damaged, or one is of another circuit
 */
export async function openCeremonies(paths: ModelPaths): Promise<OpenCeremony[]> {
  const manifest = await readManifest(paths.manifest);
  const circuits = keyedCircuits(manifest, paths);
  const begun = circuits.filter(({ ceremony }) => hasCeremony(ceremony));
  if (begun.length === 0) throw noCeremony(manifest);
  return Promise.all(
    begun.map(async (circuit) => {
      const ceremony = await openCeremony(circuit.ceremony);
      if (ceremony.transcript.init.r1cs !== circuit.manifest.ceremony.circuitHash)
        throw new Torch2CircomError(
          "CEREMONY_INVALID",
          `The ceremony in ${circuit.ceremony} is of another circuit than the build of "${manifest.name}" has now`,
          "Build the model as it was; or move the folder away and begin another ceremony.",
        );
      return { circuit, ceremony };
    }),
  );
}

function noCeremony({ name }: Manifest): Torch2CircomError {
  return new Torch2CircomError(
    "CEREMONY_INVALID",
    `There is no ceremony for "${name}"`,
    `Begin one: npx hardhat torch2circom:ceremony:init ${name} --ptau hermez`,
  );
}

export function describeCeremony({ circuit, ceremony }: OpenCeremony): CircuitCeremony {
  const { folder, key, transcript } = ceremony;
  return { circuit: circuit.name, folder, key, transcript };
}

/** What the ceremonies of a build have come to. */
export async function transcripts(paths: ModelPaths): Promise<CircuitCeremony[]> {
  return (await openCeremonies(paths)).map(describeCeremony);
}
