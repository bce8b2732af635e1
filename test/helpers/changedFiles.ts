import { join } from "node:path";
import { hashFile } from "../../src/artifacts/hash.js";
import type { Manifest } from "../../src/artifacts/manifest.js";

/** Names (by what they are) of the build's files that are missing or have other bytes than the manifest says. */
export async function changedFiles(folder: string, { files, hashes }: Manifest): Promise<string[]> {
  const changed: string[] = [];
  for (const [what, file] of Object.entries(files)) {
    const hash = await hashFile(join(folder, file)).catch(() => undefined);
    if (hash !== hashes[what]) changed.push(what);
  }
  return changed;
}
