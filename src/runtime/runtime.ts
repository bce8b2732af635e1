import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readManifest } from "../artifacts/manifest.js";
import { modelPaths } from "../artifacts/paths.js";
import { bindingOf } from "../client/binding.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { verify } from "../groth16/verify.js";
import { answersOf, commitInput, outputSignalCount, proveInference } from "../inference/infer.js";
import { loadModel, type BuiltModel } from "../inference/model.js";
import { attackBuild } from "./attack.js";
import { loadJob } from "./jobs.js";
import { build, calibrateFile, evaluateFile, inspectFile, readSample } from "./local.js";
import type { PaymentSide } from "./paymentSide.js";
import type { ProofResult, SampleOptions, Torch2CircomRuntime, VerifyResult } from "./types.js";

/** The functions behind the tasks, on one Hardhat runtime environment. */
export function createRuntime(hre: HardhatRuntimeEnvironment): Torch2CircomRuntime {
  const { outDir } = hre.config.torch2circom;
  const load = (name: string): Promise<BuiltModel> => loadModel(modelPaths(outDir, name));
  let paymentSide: Promise<PaymentSide> | undefined;
  const payment = () => (paymentSide ??= loadPaymentSide(hre, load));

  return {
    inspect: inspectFile,
    evaluate: evaluateFile,
    calibrate: calibrateFile,
    build: (options) => build(hre, options),
    manifest: (name) => readManifest(modelPaths(outDir, name).manifest),
    prove: async (name, options) => prove(await load(name), outDir, options),

    async verify(name, proven, askRegistry = false) {
      const model = await load(name);
      const result = await verifyOffChain(model, proven);
      if (!askRegistry) return result;
      return { ...result, validOnChain: await (await payment()).verify(model, proven) };
    },

    attack: async (name, options) => attackBuild(await load(name), options),

    deploy: async (options) => (await payment()).deploy(options),
    contracts: async (options) => (await payment()).contracts(options),
    register: async (name, options) => (await payment()).register(name, options),
    request: async (name, options) => (await payment()).request(name, options),
    fulfill: async (job, options) => (await payment()).fulfill(job, options),
    refund: async (job, options) => (await payment()).refund(job, options),
    withdraw: async (options) => (await payment()).withdraw(options),
    status: async (job) => (await payment()).status(job),
  };
}

/** What speaks to contracts needs their compiled code, which a clone of the repository has only once it is built. */
async function loadPaymentSide(
  hre: HardhatRuntimeEnvironment,
  load: (name: string) => Promise<BuiltModel>,
): Promise<PaymentSide> {
  const { createPaymentSide } = await import("./paymentSide.js").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND" || !error.message.includes("ethers-contracts")) throw error;
    throw new Torch2CircomError(
      "NOT_COMPILED",
      "The contracts of torch2circom are not compiled",
      "In its repository, run once: npx hardhat build",
      error,
    );
  });
  return createPaymentSide(hre, load);
}

async function prove(
  model: BuiltModel,
  outDir: string,
  options: SampleOptions | { job: string; payee: string },
): Promise<ProofResult> {
  const [input, binding] =
    "job" in options
      ? await loadJob(outDir, options.job).then(
          (job) => [job.input, bindingOf(job.jobId, options.payee)] as const,
        )
      : [commitInput(model, await readSample(model, options.samples, options.index ?? 0)), 0n];
  const { proof, publicSignals, answers, words, seconds } = await proveInference(model, input, binding);
  const { name, outputMode } = model.manifest;
  const opening = { salt: input.salt.toString(), words: words.map(String) };
  return {
    model: name,
    proof,
    publicSignals,
    ...(outputMode === "committed" ? { opening } : {}),
    outputs: answers,
    seconds,
  };
}

async function verifyOffChain(
  model: BuiltModel,
  { proof, publicSignals, opening }: Pick<ProofResult, "proof" | "publicSignals" | "opening">,
): Promise<VerifyResult> {
  if (!(await verify(model.verificationKey, publicSignals, proof))) return { valid: false };
  const shown = outputSignalCount(model);
  const { weightCommitment } = model.manifest;
  // The key is good for any weights; those of this model are named by their commitment.
  if (weightCommitment !== undefined && publicSignals[shown] !== weightCommitment) return { valid: false };
  const signals = publicSignals.slice(0, shown).map(BigInt);
  const opened = opening && { salt: BigInt(opening.salt), words: opening.words.map(BigInt) };
  return { valid: true, outputs: answersOf(model, signals, opened) };
}
