import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { deployContracts } from "../client/deploy.js";
import { explained } from "../client/errors.js";
import { refundJob, withdrawBalance } from "../client/escrow.js";
import { proofWords } from "../groth16/prove.js";
import type { BuiltModel } from "../inference/model.js";
import { connect, Deployments } from "./chain.js";
import { loadJob, saveJob } from "./jobs.js";
import * as payment from "./payment.js";
import type { ProofResult, Torch2CircomRuntime } from "./types.js";

/** The functions that speak to the registry and the escrow. */
export interface PaymentSide extends Pick<
  Torch2CircomRuntime,
  "deploy" | "contracts" | "register" | "request" | "fulfill" | "refund" | "withdraw" | "status"
> {
  /** What the registry says of a proof. */
  verify(model: BuiltModel, proven: Pick<ProofResult, "proof" | "publicSignals">): Promise<boolean>;
}

/** @param load reads a build by its name */
export function createPaymentSide(
  hre: HardhatRuntimeEnvironment,
  load: (name: string) => Promise<BuiltModel>,
): PaymentSide {
  const { outDir } = hre.config.torch2circom;
  const deployments = new Deployments(outDir);
  const onChain = async (account?: number) => {
    const chain = await connect(hre, account);
    return { chain, contracts: await deployments.contracts(chain) };
  };

  return {
    async verify(model, { proof, publicSignals }) {
      const { contracts } = await onChain();
      const modelId = await payment.modelIdOf(contracts, model);
      return explained(() => contracts.registry.verify(modelId, proofWords(proof), publicSignals));
    },

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

    async fulfill(job, { account } = {}) {
      const record = await loadJob(outDir, job);
      const model = await load(record.model);
      const { chain, contracts } = await onChain(account);
      const { answered, ...result } = await payment.fulfill(chain, contracts, model, record);
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
