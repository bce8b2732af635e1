import { resolve } from "node:path";
import { modelPaths } from "../../artifacts/paths.js";
import { writeBundle } from "../../audit/bundle.js";
import { auditTarget } from "../../audit/target.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Project } from "../project.js";
import type { Bundle } from "../types.js";

/** Writes the bundle of a build. */
export async function bundle(
  { config }: Project,
  name: string,
  { model, out = `${name}.tgz` }: { readonly model?: string; readonly out?: string },
): Promise<Bundle> {
  const { folder } = modelPaths(config.torch2circom.outDir, name);
  const file = model === undefined ? config.torch2circom.models[name]?.source : resolve(model);
  const target = await auditTarget(folder, file);
  const { manifest, modelFile } = target;
  if (modelFile === undefined && manifest.weightCommitment === undefined)
    throw new Torch2CircomError(
      "MODEL_NOT_FOUND",
      `The model file ${manifest.model.file} of "${name}" is not known`,
      "Give it with --model: nobody can make the circuit again without it.",
    );
  return writeBundle(target, resolve(out));
}
