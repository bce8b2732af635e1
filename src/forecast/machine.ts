import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { getHeapStatistics } from "node:v8";

/** What is left of a machine for a build, in bytes. */
export interface Machine {
  /** Of memory, within the limit of a container. */
  readonly memory: number;
  /** Of the heap of this process. */
  readonly heap: number;
  /** Of the disk that a folder is on; infinite where the system does not tell. */
  readonly disk: number;
}

/** What is left now. @param folder that is written to; it need not be there */
export async function machineFor(folder: string): Promise<Machine> {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  return { memory: process.availableMemory(), heap: limit - used, disk: await freeDisk(folder) };
}

async function freeDisk(folder: string): Promise<number> {
  const system = await statfs(folder).catch((error: NodeJS.ErrnoException) => error);
  if ("bavail" in system) return system.bavail * system.bsize;
  const parent = dirname(folder);
  return system.code === "ENOENT" && parent !== folder ? freeDisk(parent) : Infinity;
}
