import { readFile } from "node:fs/promises";
import { hashFile } from "../artifacts/hash.js";
import { readManifest, type Manifest } from "../artifacts/manifest.js";
import type { ModelPaths } from "../artifacts/paths.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { readVerificationKey } from "../groth16/files.js";
import type { VerificationKey } from "../groth16/types.js";
import { parseProgram } from "../program/serialize.js";
import type { Program } from "../program/types.js";
import { readSecrets, type WeightSecrets } from "../pipeline/secrets.js";

/** A finished build, ready for inference. */
export interface BuiltModel {
  readonly paths: ModelPaths;
  readonly manifest: Manifest;
  /** Without its weights, where they are private and not here: good to commit to inputs and to read answers. */
  readonly program: Program;
  /** What a proof needs where weights are private. */
  readonly secrets?: WeightSecrets;
  readonly verificationKey: VerificationKey;
}

/** @throws Torch2CircomError where the model was not built, or a file is not the one that was built */
export async function loadModel(paths: ModelPaths): Promise<BuiltModel> {
  const manifest = await readManifest(paths.manifest);
  for (const [what, path] of [
    ["program", paths.program],
    ["verificationKey", paths.verificationKey],
  ] as const) {
    if ((await hashFile(path).catch(() => undefined)) !== manifest.hashes[what]) {
      throw new Torch2CircomError(
        "BUILD_DAMAGED",
        `${path} is not the file that was built`,
        "Build the model again.",
      );
    }
  }
  const program = parseProgram(await readFile(paths.program, "utf8"), paths.program);
  const commitment = manifest.weightCommitment;
  const whole =
    commitment === undefined ? undefined : await readSecrets(paths.secrets, program, BigInt(commitment));
  return {
    paths,
    manifest,
    program,
    ...whole,
    verificationKey: await readVerificationKey(paths.verificationKey),
  };
}
