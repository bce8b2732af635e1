import { readdirSync, readFileSync } from "node:fs";

/** What the processes of a session use, as Linux counts it. */
export interface SessionUse {
  /** User and system time, ended children included. */
  readonly cpuSeconds: number;
  /** Resident memory of all of them together. */
  readonly megabytes: number;
  /** The most that any of them ever had. */
  readonly peakMegabytes: number;
}

/** Of /proc, on all platforms of Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Reads what a session uses now. A process that was started detached leads a session of its own, of all that it starts.
 *
 * @param session the number of the process that leads it.
 */
export function useOf(session: number): SessionUse {
  let [ticks, megabytes, peakMegabytes] = [0, 0, 0];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // A process that has ended meanwhile has no files.
    const stat = tryRead(`/proc/${name}/stat`);
    // The name of the program, in parentheses, may have any character.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields === undefined || Number(fields[3]) !== session) continue;
    ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    const status = tryRead(`/proc/${name}/status`) ?? "";
    const kilobytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    megabytes += kilobytes("VmRSS") / 1024;
    peakMegabytes = Math.max(peakMegabytes, kilobytes("VmHWM") / 1024);
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, megabytes, peakMegabytes };
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
