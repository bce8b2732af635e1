import { link, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
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

/** Tells apart the unfinished files of one process. */
let unfinishedFiles = 0;

/**
 * Writes a file for its owner alone. When the promise is kept, it is whole and on the disk, whatever happens to the process
 * or the power; until then the old file is, or none.
 *
 * @param existing what to do with a file that is there
 * @throws Torch2CircomError where the folder takes no files, or the file is there and to be kept
 */
export async function writePrivate(path: string, data: string, existing: "keep" | "replace"): Promise<void> {
  const unfinished = `${path}.${process.pid}-${unfinishedFiles++}.part`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(unfinished, "wx", 0o600);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link is made only where nothing is.
    if (existing === "keep") await link(unfinished, path);
    else await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    throw notWritable(path, error as Error);
  } finally {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}

/** Puts a folder's names on the disk, where the system can do that. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

export function notWritable(path: string, cause: Error): Torch2CircomError {
  return new Torch2CircomError(
    "FILE_NOT_WRITABLE",
    `${path} cannot be written (${cause.message})`,
    "Check the folder's permissions, and the room on its disk.",
    cause,
  );
}

/** Whether an error is that of a disk without room, or of a quota that is used up. */
export function isDiskFull(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  // The compiler reports it in words, by way of WASI.
  return code === "ENOSPC" || code === "EDQUOT" || /ENOSPC|no space left/i.test(error.message);
}
