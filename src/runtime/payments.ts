import type { Project } from "./project.js";
import { modelPaths } from "../artifacts/paths.js";
import { deployContracts } from "../client/deploy.js";
import { explainRefusal } from "../client/errors.js";
import { loadModel } from "../inference/model.js";
import { samplesFor } from "./models/configured.js";
import { modelOfJob } from "./models/ofJob.js";
import { connect } from "./payments/chain.js";
import { connectToContracts, saveDeployment } from "./payments/deployments.js";
import { connectToJob } from "./payments/findJob.js";
import { fulfill } from "./payments/fulfill.js";
import { jobs } from "./payments/jobs.js";
import { Journal } from "./payments/journal.js";
import { refund } from "./payments/refund.js";
import { register } from "./payments/register.js";
import { draft, fund } from "./payments/request.js";
import { requireJob } from "./payments/requireJob.js";
import { resume } from "./payments/resume.js";
import { status } from "./payments/status.js";
import { withdraw } from "./payments/withdraw.js";
import type { PaymentMethods } from "./types.js";

/** The methods that speak to the registry and the escrow. */
export function paymentMethods(project: Project): PaymentMethods {
  const folders = project.config.torch2circom;
  const load = (name: string) => loadModel(modelPaths(folders.outDir, name));

  return {
    async deploy({ account } = {}) {
      const chain = await connect(project, account);
      const { deployment, transactions } = await explainRefusal(() => deployContracts(chain.signer));
      return { ...deployment, transactions, file: await saveDeployment(project, chain, deployment) };
    },

    contracts: async ({ account } = {}) => (await connectToContracts(project, account)).contracts,

    async register(name, options = {}) {
      const model = await load(name);
      const { chain, contracts } = await connectToContracts(project, options.account);
      return register(chain, contracts, model, options);
    },

    async request(name, options) {
      const samples = samplesFor(project, name, options.samples);
      const model = await load(name);
      const { chain, contracts } = await connectToContracts(project, options.account);
      const record = await draft(chain, contracts, model, { ...options, samples });
      const journal = await Journal.begin(folders, record);
      const receipt = await fund(chain, contracts, journal, options).catch(async (error: unknown) => {
        await journal.forgetUnsent();
        throw error;
      });
      return { jobId: record.jobId, file: journal.file!, ...receipt };
    },

    fulfill: async (job, options = {}) =>
      fulfill(project, await connectToJob(project, job, options.account), options),

    refund: async (job, options = {}) =>
      refund(project, await connectToJob(project, job, options.account), options),

    withdraw: (options = {}) => withdraw(project, options),
    resume: (job, options = {}) => resume(project, job, options),
    jobs: (options = {}) => jobs(project, options),

    async status(job) {
      const { chain, contracts, known } = await connectToJob(project, job);
      await requireJob(contracts, known, chain);
      return status(chain, contracts, await modelOfJob(folders.outDir, known), known);
    },
  };
}
