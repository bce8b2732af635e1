import { createHash, randomUUID } from "node:crypto";
import { cpSync, existsSync, globSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { BuildResult } from "../../src/pipeline/buildModel.js";
import type { BuildOptions } from "../../src/runtime/types.js";
import { FIXTURES } from "../plugin/project.js";

const CACHE = "cache/builds";

/**
 * `hre.torch2circom.build` for tests of what follows a build. The folder of the same build is kept by the hash of the
 * package's sources and of the model, and put in place first: the build finds its stages done, as a user's second one.
 *
 * @param options by default the iris fixture, named "iris"
 */
export async function buildOnce(
  { config, torch2circom }: HardhatRuntimeEnvironment,
  more: Partial<BuildOptions> = {},
): Promise<BuildResult> {
  const samples = join(FIXTURES, "iris_mlp");
  const options = { model: join(samples, "model.pt2"), samples, name: "iris", ...more };
  const folder = join(config.torch2circom.outDir, options.name);
  const kept = join(CACHE, hashOf(options), options.name);
  if (existsSync(kept)) cpSync(kept, folder, { recursive: true });
  const result = await torch2circom.build(options);
  if (!existsSync(kept)) keep(folder, kept);
  return result;
}

/** Whole or not at all: other test processes look for it at the same time. */
function keep(folder: string, kept: string): void {
  const part = `${kept}.${randomUUID()}`;
  cpSync(folder, part, { recursive: true });
  try {
    renameSync(part, kept);
  } catch {
    // Another process was first.
    rmSync(part, { recursive: true });
  }
}

function hashOf(options: BuildOptions): string {
  const hash = createHash("sha256").update(JSON.stringify(options));
  hash.update(readFileSync(options.model));
  for (const file of globSync(["src/**/*.ts", "circuits/**/*.circom", "package-lock.json"]).sort())
    hash.update(file).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
