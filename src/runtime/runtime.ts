import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readManifest } from "../artifacts/manifest.js";
import { modelPaths } from "../artifacts/paths.js";
import { deployContracts } from "../client/deploy.js";
import { explained } from "../client/errors.js";
import { bindingOf, refundJob, withdrawBalance } from "../client/escrow.js";
import { proofWords } from "../groth16/prove.js";
import type { Proof, PublicSignals } from "../groth16/types.js";
import { verify } from "../groth16/verify.js";
import { commitInput, proveInference, readAnswers } from "../inference/infer.js";
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

    async verify(name, { proof, publicSignals }, askRegistry = false) {
      const model = await load(name);
      const result = await verifyOffChain(model, proof, publicSignals);
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
      return payment.fulfil(chain, contracts, model, record);
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
  const proven =
    "job" in options
      ? await loadJob(outDir, options.job).then(({ input, jobId }) =>
          proveInference(model, input, bindingOf(jobId, options.payee)),
        )
      : await proveInference(
          model,
          commitInput(model, await readSample(model, options.samples, options.index ?? 0)),
        );
  const { proof, publicSignals, answers, seconds } = proven;
  return { model: model.manifest.name, proof, publicSignals, outputs: answers, seconds };
}

async function verifyOffChain(
  model: BuiltModel,
  proof: Proof,
  signals: PublicSignals,
): Promise<VerifyResult> {
  if (!(await verify(model.verificationKey, signals, proof))) return { valid: false };
  const words = model.manifest.outputs.reduce((sum, { packing }) => sum + packing.words, 0);
  return { valid: true, outputs: readAnswers(model, signals.slice(0, words).map(BigInt)) };
}
