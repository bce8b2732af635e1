import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Machine } from "./machine.js";

/** What a step of a build needs beyond what this process has taken, in bytes. */
export interface Need {
  readonly rows: number;
  readonly memory: number;
  readonly heap: number;
  readonly disk: number;
}

/** Why a build would fail, and what would fit. */
export interface Obstacle {
  readonly problem: string;
  readonly remedy: string;
}

/** What a machine lacks for a build; nothing where it fits. */
export function obstaclesOf({ rows, memory, heap, disk }: Need, machine: Machine): readonly Obstacle[] {
  const found: Obstacle[] = [];
  const fits = (needed: number, left: number) =>
    `about ${roundDown((rows * left) / needed).toLocaleString("en")} rows would fit (this circuit has ${rows.toLocaleString("en")}): fewer bits, a smaller model, or segments of so many (--segments rows=…)`;
  if (memory > machine.memory)
    found.push({
      problem: `it needs ${describeBytes(memory)} more memory, and ${describeBytes(machine.memory)} are available`,
      remedy: `Close other programs; ${fits(memory, machine.memory)}.`,
    });
  if (heap > machine.heap)
    found.push({
      problem: `it needs ${describeBytes(heap)} of Node's heap, of which ${describeBytes(machine.heap)} are left`,
      remedy: `Set NODE_OPTIONS=--max-old-space-size=${megabytes(2 * heap)}; else ${fits(heap, machine.heap)}.`,
    });
  if (disk > machine.disk)
    found.push({
      problem: `it writes ${describeBytes(disk)}, and the disk has ${describeBytes(machine.disk)}`,
      remedy: `Free ${describeBytes(disk - machine.disk)}; else ${fits(disk, machine.disk)}.`,
    });
  return found;
}

/** @throws Torch2CircomError naming all that is lacking, and what would fit */
export function requireFit(need: Need, machine: Machine): void {
  const obstacles = obstaclesOf(need, machine);
  if (obstacles.length === 0) return;
  throw new Torch2CircomError(
    "BUILD_TOO_LARGE",
    `The build would not fit: ${obstacles.map(({ problem }) => problem).join("; ")}`,
    `${obstacles.map(({ remedy }) => remedy).join(" ")} Or go on with --anyway: a build that is interrupted resumes.`,
  );
}

/** "58 MB", "1.2 GB". */
export function describeBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.max(0, Math.round(bytes / 1e3))} kB`;
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** To two digits. */
function roundDown(count: number): number {
  let unit = 1;
  while (count / unit >= 100) unit *= 10;
  return unit * Math.floor(count / unit);
}
