import { bindingOf } from "../../client/binding.js";
import type { Prover } from "../../groth16/prover.js";
import { verify } from "../../groth16/verify.js";
import { answersOf, commitInput, outputSignalCount, proveInference } from "../../inference/infer.js";
import { requireOneCircuit, type BuiltModel } from "../../inference/model.js";
import { loadJob, type JobFolders } from "../jobFiles.js";
import { readSample } from "./sample.js";
import type { ProofResult, SampleOptions, WithSamples, VerifyResult } from "../types.js";

/** Proves a sample, or a job's input for a payee. */
export async function prove(
  model: BuiltModel,
  prover: Prover,
  folders: JobFolders,
  options: WithSamples<SampleOptions> | { job: string; payee: string },
): Promise<ProofResult> {
  requireOneCircuit(model, "this proof");
  const [input, binding] =
    "job" in options
      ? await loadJob(folders, options.job).then(
          (job) => [job.input, bindingOf(job.jobId, options.payee, job)] as const,
        )
      : [commitInput(model, await readSample(model, options.samples, options.index ?? 0)), 0n];
  const { proof, publicSignals, answers, words, seconds } = await proveInference(
    model,
    prover,
    input,
    binding,
  );
  const { name, outputMode } = model.manifest;
  const salt = input.salt.toString();
  const opening = {
    committed: { salt, words: words.map(String) },
    encrypted: { salt },
    argmax: undefined,
    public: undefined,
  }[outputMode];
  return {
    model: name,
    proof,
    publicSignals,
    ...(opening && { opening }),
    outputs: answers,
    seconds,
  };
}

/** What a proof is worth by the build's own key, and what it says. */
export async function verifyOffChain(
  model: BuiltModel,
  { proof, publicSignals, opening }: Pick<ProofResult, "proof" | "publicSignals" | "opening">,
  verifier: Pick<Prover, "verify"> = { verify },
): Promise<VerifyResult> {
  requireOneCircuit(model, "this proof");
  if (!(await verifier.verify(model.verificationKey, publicSignals, proof))) return { valid: false };
  const shown = outputSignalCount(model);
  const { weightCommitment } = model.manifest;
  // The key is good for any weights; those of this model are named by their commitment.
  if (weightCommitment !== undefined && publicSignals[shown] !== weightCommitment) return { valid: false };
  const signals = publicSignals.slice(0, shown).map(BigInt);
  const opened = opening && { salt: BigInt(opening.salt), words: opening.words?.map(BigInt) };
  return { valid: true, outputs: answersOf(model, signals, opened) };
}
