import { ZeroAddress } from "ethers";
import type { Project } from "./project.js";
import { modelPaths } from "../artifacts/paths.js";
import { deployContracts } from "../client/deploy.js";
import { refundJob, withdrawBalance } from "../client/escrow.js";
import { loadModel } from "../inference/model.js";
import { samplesFor } from "./models/configured.js";
import { checkedAddress, unitOf } from "./payments/amount.js";
import { connect } from "./payments/chain.js";
import { connectToContracts, contractsToRead, saveDeployment } from "./payments/deployments.js";
import { fulfill } from "./payments/fulfill.js";
import { loadJob, saveJob } from "./jobs.js";
import { register } from "./payments/register.js";
import { accept, fundOffer } from "./payments/offers.js";
import { draft, request } from "./payments/request.js";
import { requireJob } from "./payments/requireJob.js";
import { status } from "./payments/status.js";
import type { OfferOptions, PaymentMethods, RequestOptions, WithSamples } from "./types.js";

/** The methods that speak to the registry and the escrow. */
export function paymentMethods(project: Project): PaymentMethods {
  const { outDir } = project.config.torch2circom;
  const load = (name: string) => loadModel(modelPaths(outDir, name));

  const { requestOffered, ...offers } = offerMethods(project);

  return {
    ...offers,

    async deploy({ account, fundFactory } = {}) {
      const chain = await connect(project, account);
      // Money of a chain for development is worth nothing.
      const options = { fundFactory: fundFactory ?? chain.isLocal };
      const { deployment, transactions } = await deployContracts(chain.signer, options);
      return { ...deployment, transactions, file: await saveDeployment(project, chain, deployment) };
    },

    contracts: async ({ account } = {}) => (await connectToContracts(project, account)).contracts,

    async register(name, { account, ...options } = {}) {
      const model = await load(name);
      const { chain, contracts } = await connectToContracts(project, account);
      return register(chain, contracts, model, options);
    },

    async request(name, options) {
      if ("offer" in options) return requestOffered(name, options);
      const samples = samplesFor(project, name, options.samples);
      const model = await load(name);
      const { chain, contracts } = await connectToContracts(project, options.account);
      const { record, ...receipt } = await request(
        chain,
        contracts,
        model,
        withProvider(project, name, { ...options, samples }),
      );
      return { jobId: record.jobId, file: await saveJob(outDir, record), ...receipt };
    },

    async fulfill(job, { account, anyway } = {}) {
      const record = await loadJob(outDir, job);
      const model = await load(record.model);
      const { chain, contracts } = await connectToContracts(project, account);
      const { answered, ...result } = await fulfill(chain, contracts, model, record, anyway);
      return answered === undefined ? result : { ...result, answerFile: await saveJob(outDir, answered) };
    },

    async refund(job, { account } = {}) {
      const record = await loadJob(outDir, job);
      const { chain, contracts } = await connectToContracts(project, account);
      await requireJob(contracts, record, chain);
      return refundJob(contracts, chain.signer, record.job);
    },

    async withdraw({ account, token, to } = {}) {
      const { chain, contracts } = await connectToContracts(project, account);
      const owned = token && checkedAddress(token, "token");
      const recipient = to && checkedAddress(to, "recipient");
      const result = await withdrawBalance(contracts, chain.signer, owned, recipient);
      return { ...result, unit: await unitOf(chain.signer, owned ?? ZeroAddress) };
    },

    async status(job) {
      const record = await loadJob(outDir, job);
      const { chain, contracts } = await contractsToRead(project);
      await requireJob(contracts, record, chain);
      return status(contracts, await load(record.model), record);
    },
  };
}

/** What client and provider do about a job before it is funded. */
function offerMethods(project: Project) {
  const { outDir } = project.config.torch2circom;
  const load = (name: string) => loadModel(modelPaths(outDir, name));
  return {
    async draft(name, options) {
      const samples = samplesFor(project, name, options.samples);
      const model = await load(name);
      const { chain, contracts } = await connectToContracts(project, options.account);
      const record = await draft(
        chain,
        contracts,
        model,
        withProvider(project, name, { ...options, samples }),
      );
      return { jobId: record.jobId, file: await saveJob(outDir, record) };
    },

    async accept(job, { account, ...options } = {}) {
      const record = await loadJob(outDir, job);
      const model = await load(record.model);
      const { chain, contracts } = await connectToContracts(project, account);
      const accepted = await accept(chain, contracts, model, record, options);
      const { jobId, job: terms } = accepted;
      return { jobId, provider: terms.provider, file: await saveJob(outDir, accepted) };
    },

    async requestOffered(name: string, { offer, account, allowSingleContributor }: OfferOptions) {
      const offered = await loadJob(outDir, offer);
      // The client's own terms: an offer from elsewhere could have any.
      const drafted = await loadJob(outDir, offered.jobId);
      const model = await load(name);
      const { chain, contracts } = await connectToContracts(project, account);
      const { record, ...receipt } = await fundOffer(
        chain,
        contracts,
        model,
        drafted,
        offered,
        allowSingleContributor,
      );
      return { jobId: record.jobId, file: await saveJob(outDir, record), ...receipt };
    },
  } satisfies Partial<PaymentMethods> & Record<string, unknown>;
}

/** The provider that the model's configuration names, unless the caller names another. */
function withProvider<Options extends WithSamples<RequestOptions>>(
  { config }: Project,
  name: string,
  options: Options,
): Options {
  return { ...options, provider: options.provider ?? config.torch2circom.models[name]?.provider };
}
