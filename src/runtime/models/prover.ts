import { chooseProver } from "../../groth16/chooseProver.js";
import { PROVER_THREAD } from "../../groth16/prove.js";
import { WarmProver } from "../../groth16/warm/warmProver.js";
import type { BuiltModel } from "../../inference/model.js";
import { ProcessPool } from "../../progress/pool.js";
import type { Project } from "../project.js";
import type { ModelProver } from "../types.js";
import { samplesFor } from "./configured.js";
import { prove, verifyOffChain } from "./prove.js";

/** A prover of one model, with processes of its own. */
export async function openProver(project: Project, model: BuiltModel): Promise<ModelProver> {
  const { torch2circom } = project.config;
  const { name } = model.manifest;
  const pool = new ProcessPool(PROVER_THREAD, [], 1);
  const chosen = await chooseProver(torch2circom, { pool });
  // What stays ready for many proofs need not start with each: an engine of our own is faster than snarkjs then.
  const prover = chosen.name === "snarkjs" ? new WarmProver({ pool }) : chosen;
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
