import type { Project } from "./project.js";
import { modelPaths } from "../artifacts/paths.js";
import { deployContracts } from "../client/deploy.js";
import { loadModel } from "../inference/model.js";
import { samplesFor } from "./models/configured.js";
import { loadJob } from "./jobFiles.js";
import { modelOfJob, requireModelOfJob } from "./models/ofJob.js";
import { connect } from "./payments/chain.js";
import { connectToContracts, saveDeployment } from "./payments/deployments.js";
import { connectToJob, jobToRead } from "./payments/findJob.js";
import { fulfill } from "./payments/fulfill.js";
import { fulfillMany } from "./payments/fulfillMany.js";
import { jobs } from "./payments/jobs.js";
import { Journal } from "./payments/journal.js";
import { refund } from "./payments/refund.js";
import { register } from "./payments/register.js";
import { accept, checkOffer } from "./payments/offers.js";
import { draft, fund, requireNoBond } from "./payments/request.js";
import { requireJob } from "./payments/requireJob.js";
import { resume } from "./payments/resume.js";
import { status } from "./payments/status.js";
import { withdraw } from "./payments/withdraw.js";
import type { OfferOptions, PaymentMethods, RequestOptions, WithSamples } from "./types.js";

/** The methods that speak to the registry and the escrow. */
export function paymentMethods(project: Project): PaymentMethods {
  const folders = project.config.torch2circom;
  const load = (name: string) => loadModel(modelPaths(folders.outDir, name));

  const requestOffered = async (
    name: string,
    { offer, allowSingleContributor, ...options }: OfferOptions,
  ) => {
    const offered = await loadJob(folders, offer);
    // The client's own terms: an offer from elsewhere could have any.
    const drafted = await loadJob(folders, offered.jobId);
    const model = await load(name);
    const { chain, contracts } = await connectToContracts(project, options.account);
    await checkOffer(chain, contracts, model, drafted, offered, allowSingleContributor);
    const journal = await Journal.open(folders, drafted);
    const file = await journal.write({ offer: offered.offer });
    return { jobId: drafted.jobId, file, ...(await fund(chain, contracts, journal, options)) };
  };

  return {
    async deploy({ account, fundFactory } = {}) {
      const chain = await connect(project, account);
      // Money of a chain for development is worth nothing.
      const options = { fundFactory: fundFactory ?? chain.isLocal };
      const { deployment, transactions } = await deployContracts(chain.signer, options);
      return { ...deployment, transactions, file: await saveDeployment(project, chain, deployment) };
    },

    contracts: async ({ account } = {}) => (await connectToContracts(project, account)).contracts,

    async register(name, options = {}) {
      const model = await load(name);
      const { chain, contracts } = await connectToContracts(project, options.account);
      return register(chain, contracts, model, options);
    },

    async request(name, options) {
      if ("offer" in options) return requestOffered(name, options);
      const samples = samplesFor(project, name, options.samples);
      const model = await load(name);
      const { chain, contracts } = await connectToContracts(project, options.account);
      const terms = withProvider(project, name, { ...options, samples });
      const record = await draft(chain, contracts, model, terms);
      requireNoBond(record);
      const journal = await Journal.begin(folders, record);
      const receipt = await fund(chain, contracts, journal, options).catch(async (error: unknown) => {
        await journal.forgetUnsent();
        throw error;
      });
      return { jobId: record.jobId, file: journal.file!, ...receipt };
    },

    async draft(name, options) {
      const samples = samplesFor(project, name, options.samples);
      const model = await load(name);
      const { chain, contracts } = await connectToContracts(project, options.account);
      const terms = withProvider(project, name, { ...options, samples });
      const record = await draft(chain, contracts, model, terms);
      return { jobId: record.jobId, file: (await Journal.begin(folders, record)).file! };
    },

    async accept(job, { account, ...options } = {}) {
      const record = await loadJob(folders, job);
      const model = await requireModelOfJob(folders.outDir, record);
      const { chain, contracts } = await connectToContracts(project, account);
      const offer = await accept(chain, contracts, model, record, options);
      const file = await (await Journal.open(folders, record)).write({ offer });
      return { jobId: record.jobId, provider: record.job.provider, file };
    },

    fulfill: async (job, options = {}) =>
      fulfill(project, await connectToJob(project, job, options.account), options),

    fulfillMany: (jobs, options = {}) => fulfillMany(project, jobs, options.account, options),

    refund: async (job, options = {}) =>
      refund(project, await connectToJob(project, job, options.account), options),

    withdraw: (options = {}) => withdraw(project, options),
    resume: (job, options = {}) => resume(project, job, options),
    jobs: (options = {}) => jobs(project, options),

    async status(job) {
      const { chain, contracts, known } = await jobToRead(project, job);
      await requireJob(contracts, known, chain);
      return status(chain, contracts, await modelOfJob(folders.outDir, known), known);
    },
  };
}

/** The provider that the model's configuration names, unless the caller names another. */
function withProvider<Options extends WithSamples<RequestOptions>>(
  { config }: Project,
  name: string,
  options: Options,
): Options {
  return { ...options, provider: options.provider ?? config.torch2circom.models[name]?.provider };
}
