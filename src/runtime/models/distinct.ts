import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { MODEL_NAME } from "../../artifacts/names.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { contractNameOf } from "../../pipeline/verifier.js";

/**
 * Refuses a name whose build or verifier would overwrite another build's: `tiny` and `Tiny`, `my-model` and `my_model`.
 * File systems that keep case and do not look at it have one file for both.
 *
 * @param outDir folder of all builds
 * @throws Torch2CircomError if there is such a build
 */
export async function requireDistinctName(outDir: string, name: string): Promise<void> {
  const builds = existsSync(outDir) ? await readdir(outDir) : [];
  const verifierOf = (build: string) => contractNameOf(build).toLowerCase();
  const taken = builds.find(
    (build) => build !== name && MODEL_NAME.test(build) && verifierOf(build) === verifierOf(name),
  );
  if (taken === undefined) return;
  throw new Torch2CircomError(
    "INVALID_NAME",
    `The verifier of "${name}" would have the file of the build "${taken}"`,
    `Choose a name that differs in more than case and punctuation (--name), or delete ${outDir}/${taken} if you need it no more.`,
  );
}
