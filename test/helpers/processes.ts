import { readdir, readFile } from "node:fs/promises";

/** The processes that a process has started and that still run. Linux alone tells it in this way. */
export async function childrenOf(parent: number): Promise<number[]> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const isChild = async (pid: number): Promise<boolean> => {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // After the name, which may hold anything but ends with the last parenthesis: state, parent.
    const [state, of] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(of) === parent && state !== "Z";
  };
  const are = await Promise.all(processes.map(isChild));
  return processes.filter((_, i) => are[i]);
}
