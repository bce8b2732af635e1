import { openLastingProver } from "../../groth16/lastingProver.js";
import type { BuiltModel } from "../../inference/model.js";
import type { Project } from "../project.js";
import type { ModelProver } from "../types.js";
import { samplesFor } from "./configured.js";
import { prove, verifyOffChain } from "./prove.js";

/** A prover of one model, with processes of its own. */
export async function openProver(project: Project, model: BuiltModel): Promise<ModelProver> {
  const { torch2circom } = project.config;
  const { name } = model.manifest;
  const prover = await openLastingProver(torch2circom);
  const close = (): Promise<void> => Promise.resolve(prover.close());
  return {
    name: prover.name,
    async prove(options = {}) {
      if ("job" in options) return prove(model, prover, torch2circom, options);
      const samples = samplesFor(project, name, options.samples);
      return prove(model, prover, torch2circom, { ...options, samples });
    },
    verify: (proven) => verifyOffChain(model, proven, prover),
    close,
    [Symbol.asyncDispose]: close,
  };
}
