import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { notWritable } from "./writeFile.js";

/**
 * Runs `work` while no other process, and nothing else in this one, works in the folder.
 * The lock of a process that is gone is taken over.
 *
 * @param busy what to say of a folder that is locked, before the number of the process
 * @throws Torch2CircomError at once if the folder is locked: builds do not wait for each other; or if it takes no files
 */
export async function withLock<Result>(
  folder: string,
  work: () => Promise<Result>,
  busy = "Another build works on this model",
): Promise<Result> {
  const lock = join(folder, ".lock");
  acquire(lock, busy);
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function acquire(lock: string, busy: string): void {
  // A link appears at once with its content; a file that is created and then written could be read while empty.
  const own = `${lock}.${process.pid}`;
  try {
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(own, String(process.pid));
  } catch (error) {
    throw notWritable(dirname(lock), error as Error);
  }
  try {
    for (;;) {
      try {
        linkSync(own, lock);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const owner = ownerOf(lock);
      if (owner !== undefined && isAlive(owner))
        throw new Torch2CircomError(
          "BUILD_BUSY",
          `${busy} (process ${owner})`,
          `Wait for it. If there is none, delete ${lock}.`,
        );
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function ownerOf(lock: string): number | undefined {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    return Number.isInteger(owner) && owner > 0 ? owner : undefined;
  } catch {
    // Released in the meantime.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, though we may not signal it.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
