import { existsSync } from "node:fs";
import { join } from "node:path";
import { readManifest, type Manifest } from "../artifacts/manifest.js";
import { pathsIn, type ModelPaths } from "../artifacts/paths.js";
import { keyedCircuits, type KeyedCircuit } from "../ceremony/circuits.js";
import { hasCeremony, readCeremony } from "../ceremony/folder.js";
import type { Transcript } from "../ceremony/transcript.js";

/** What is audited: a folder with the files of a build, its own or one that a bundle was unpacked into. */
export interface AuditTarget {
  readonly paths: ModelPaths;
  readonly manifest: Manifest;
  readonly circuits: readonly KeyedCircuit[];
  /** The model's file; undefined where it is not at hand. */
  readonly modelFile?: string;
}

/** @throws Torch2CircomError if there is no build in the folder, or its manifest is damaged */
export async function auditTarget(folder: string, modelFile?: string): Promise<AuditTarget> {
  const paths = pathsIn(folder);
  const manifest = await readManifest(paths.manifest);
  // Whoever names a file means that one, and none that a stranger gave instead.
  const file = modelFile ?? join(folder, bundledModel(manifest));
  return {
    paths,
    manifest,
    circuits: keyedCircuits(manifest, paths),
    modelFile: existsSync(file) ? file : undefined,
  };
}

/** The model's file in a bundle. The manifest's name for it is a stranger's word, and no path. */
export function bundledModel({ model }: Manifest): string {
  return join("model", `model.${model.format}`);
}

/** The transcript of a circuit's ceremony; undefined if there is none. */
export async function transcriptOf({ ceremony }: KeyedCircuit): Promise<Transcript | undefined> {
  return hasCeremony(ceremony) ? (await readCeremony(ceremony)).transcript : undefined;
}
