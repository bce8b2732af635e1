import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a file that appears only when it is complete: an interruption leaves the old one, or none. */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(unfinished, data);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
