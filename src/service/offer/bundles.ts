import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../../artifacts/hash.js";
import { bundledManifest } from "../../audit/bundle.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** What anybody may download to audit a model: see `torch2circom:bundle`. */
export interface PublishedBundle {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * The bundle of a build that is sold.
 *
 * @param folder with a file `<name>.tgz` for each model that is published
 * @param name of the build
 * @param manifest path of the build's manifest
 * @returns undefined where there is none
 * @throws Torch2CircomError where the file is the bundle of another build
 */
export async function publishedBundle(
  folder: string,
  name: string,
  manifest: string,
): Promise<PublishedBundle | undefined> {
  const path = join(folder, `${name}.tgz`);
  if (!existsSync(path)) return undefined;
  if ((await bundledManifest(path)) !== (await hashFile(manifest)))
    throw new Torch2CircomError(
      "FILE_DAMAGED",
      `${path} is not the bundle of "${name}" as it is built now`,
      `Write it again: npx hardhat torch2circom:bundle ${name} --out ${path}`,
    );
  return { path, sha256: await hashFile(path), bytes: (await stat(path)).size };
}
