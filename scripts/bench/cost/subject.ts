import { rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./results.js";
import type { StageParameters } from "./types.js";

/** A model to be measured. */
export interface Subject extends Pick<StageParameters, "source" | "samples" | "bits" | "part"> {
  readonly name: string;
}

export const BENCH_FOLDER = join(ROOT, "cache", "bench");

const MODELS = join(BENCH_FOLDER, "models");

/** The folder of what is made of a model. It goes away with the last stage. */
export const folderOf = (name: string): string => join(MODELS, name);

/** Removes what was made of a model. @default of all models */
export function removeProducts(name = ""): void {
  rmSync(folderOf(name), { recursive: true, force: true });
}
