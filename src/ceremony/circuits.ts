import { join } from "node:path";
import type { KeyedManifest, Manifest } from "../artifacts/manifest.js";
import { batchFolder, CEREMONIES, segmentFolder, type ModelPaths } from "../artifacts/paths.js";

/** A circuit of a build that has a key of its own. */
export interface KeyedCircuit {
  /** The build's name, and of a further circuit its folder's: names the files of its ceremony. */
  readonly name: string;
  /** Of its constraints and keys. */
  readonly folder: string;
  /** Of its ceremony, whether there is one or not. */
  readonly ceremony: string;
  readonly manifest: Pick<KeyedManifest, "constraints" | "setup" | "ceremony" | "setupHash" | "hashes">;
}

/** All circuits of a build: its own and those of many jobs, or its segments. Each has a ceremony of its own. */
export function keyedCircuits(manifest: Manifest, { folder }: ModelPaths): KeyedCircuit[] {
  const { name, segments = [], batches = [] } = manifest;
  const inFolder = (own: string, keyed: KeyedManifest): KeyedCircuit => ({
    name: `${name}-${own}`,
    folder: join(folder, own),
    ceremony: ceremonyFolder(folder, name, own),
    manifest: keyed,
  });
  if (segments.length > 0) return segments.map((keyed, number) => inFolder(segmentFolder(number), keyed));
  return [
    { name, folder, ceremony: ceremonyFolder(folder, name), manifest },
    ...batches.map((keyed) => inFolder(batchFolder(keyed.jobs), keyed)),
  ];
}

/**
 * The folder of a circuit's ceremony.
 *
 * @param build folder of the whole build
 * @param name of the build
 * @param own folder of the circuit in the build's, where it is not the build's own circuit
 */
export function ceremonyFolder(build: string, name: string, own?: string): string {
  return join(build, CEREMONIES, own === undefined ? name : `${name}-${own}`);
}
