import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { cardMisfit } from "./cardFit.js";
import { hashFile } from "./hash.js";
import { parse } from "valibot";
import { manifestSchema, parseManifest, type Manifest } from "./manifestForm.js";
import { writeWhole } from "./writeFile.js";

export { setupHash, type BatchManifest, type KeyedManifest, type Manifest } from "./manifestForm.js";

/** Hashes the files of a build, by what they are. @param files relative to `folder`. */
export async function hashFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [what, file] of Object.entries(files)) hashes[what] = await hashFile(join(folder, file));
  return hashes;
}

/** Writes the manifest: the last file of a build, which makes it one. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await writeWhole(path, `${JSON.stringify(parse(manifestSchema, manifest), null, 2)}\n`);
}

/**
 * Reads a manifest and checks its form and its setup hash.
 *
 * @throws Torch2CircomError if the model was not built, or the file is damaged or of another version.
 */
export async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new Torch2CircomError(
      "BUILD_NOT_FOUND",
      `There is no build here: ${path} cannot be read`,
      "Build the model first (torch2circom:build), or check its name.",
      cause,
    );
  });
  const manifest = parseManifest(text, path, "Build the model again.");
  const misfit = manifest.card && cardMisfit(manifest.card, manifest);
  if (misfit === undefined) return manifest;
  throw new Torch2CircomError(
    "BUILD_DAMAGED",
    `The card in ${path} does not fit the model: ${misfit}`,
    "Build the model again.",
  );
}
