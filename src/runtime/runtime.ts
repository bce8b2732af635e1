import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readManifest } from "../artifacts/manifest.js";
import { modelPaths } from "../artifacts/paths.js";
import { deployContracts } from "../client/deploy.js";
import { explained } from "../client/errors.js";
import { bindingOf, refundJob, withdrawBalance } from "../client/escrow.js";
import { proofWords } from "../groth16/prove.js";
import { verify } from "../groth16/verify.js";
import { answersOf, commitInput, outputSignalCount, proveInference } from "../inference/infer.js";
import { loadModel, type BuiltModel } from "../inference/model.js";
import { attackBuild } from "./attack.js";
import { connect, Deployments } from "./chain.js";
import { loadJob, saveJob } from "./jobs.js";
import { build, calibrateFile, evaluateFile, inspectFile, readSample } from "./local.js";
import * as payment from "./payment.js";
import type { ProofResult, SampleOptions, Torch2CircomRuntime, VerifyResult } from "./types.js";

/** The functions behind the tasks, on one Hardhat runtime environment. */
export function createRuntime(hre: HardhatRuntimeEnvironment): Torch2CircomRuntime {
  const { outDir } = hre.config.torch2circom;
  const deployments = new Deployments(outDir);
  const load = (name: string): Promise<BuiltModel> => loadModel(modelPaths(outDir, name));
  const onChain = async (account?: number) => {
    const chain = await connect(hre, account);
    return { chain, contracts: await deployments.contracts(chain) };
  };

  return {
    inspect: inspectFile,
    evaluate: evaluateFile,
    calibrate: calibrateFile,
    build: (options) => build(hre, options),
    manifest: (name) => readManifest(modelPaths(outDir, name).manifest),
    prove: async (name, options) => prove(await load(name), outDir, options),

    async verify(name, proven, askRegistry = false) {
      const { proof, publicSignals } = proven;
      const model = await load(name);
      const result = await verifyOffChain(model, proven);
      if (!askRegistry) return result;
      const { contracts } = await onChain();
      const modelId = await payment.modelIdOf(contracts, model);
      const validOnChain = await explained(() =>
        contracts.registry.verify(modelId, proofWords(proof), publicSignals),
      );
      return { ...result, validOnChain };
    },

    attack: async (name, options) => attackBuild(await load(name), options),

    async deploy({ account } = {}) {
      const chain = await connect(hre, account);
      const { deployment, transactions } = await explained(() => deployContracts(chain.signer));
      return { ...deployment, transactions, file: await deployments.save(chain, deployment) };
    },

    contracts: async ({ account } = {}) => (await onChain(account)).contracts,

    async register(name, { account, ...options } = {}) {
      const model = await load(name);
      const { chain, contracts } = await onChain(account);
      return payment.register(chain, contracts, model, options);
    },

    async request(name, options) {
      const model = await load(name);
      const { chain, contracts } = await onChain(options.account);
      const { record, ...receipt } = await payment.request(chain, contracts, model, options);
      return { jobId: record.jobId, file: await saveJob(outDir, record), ...receipt };
    },

    async fulfil(job, { account } = {}) {
      const record = await loadJob(outDir, job);
      const model = await load(record.model);
      const { chain, contracts } = await onChain(account);
      const { answered, ...result } = await payment.fulfil(chain, contracts, model, record);
      return answered === undefined ? result : { ...result, answerFile: await saveJob(outDir, answered) };
    },

    async refund(job, { account } = {}) {
      const record = await loadJob(outDir, job);
      const { chain, contracts } = await onChain(account);
      return refundJob(contracts, chain.signer, record.job);
    },

    async withdraw({ account, token, to } = {}) {
      const { chain, contracts } = await onChain(account);
      return withdrawBalance(contracts, chain.signer, token, to);
    },

    async status(job) {
      const record = await loadJob(outDir, job);
      const { contracts } = await onChain();
      return payment.status(contracts, await load(record.model), record);
    },
  };
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
