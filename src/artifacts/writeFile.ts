import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/**
 * Writes a file that appears only when it is complete: an interruption leaves the old one, or none.
 * @throws Torch2CircomError where the folder takes no files
 */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(unfinished, data);
    await rename(unfinished, path);
  } catch (error) {
    // Best effort: where nothing can be written, nothing may be there to be removed.
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw notWritable(path, error as Error);
  }
}

export function notWritable(path: string, cause: Error): Torch2CircomError {
  return new Torch2CircomError(
    "FILE_NOT_WRITABLE",
    `${path} cannot be written (${cause.message})`,
    "Check the folder's permissions, and the room on its disk.",
    cause,
  );
}
