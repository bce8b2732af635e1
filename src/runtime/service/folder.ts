import { join } from "node:path";
import type { Project } from "../project.js";

/** Where a project's service keeps its state: below the builds, which no model's name can be. */
export function serviceFolder({ config }: Project): string {
  return join(config.torch2circom.outDir, "service");
}

/** Writes a line of the log where it does not mix with a result. */
export function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
