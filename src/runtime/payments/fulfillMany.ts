import type { BatchManifest } from "../../artifacts/manifest.js";
import { bindingOf } from "../../client/binding.js";
import type { Contracts } from "../../client/contracts.js";
import { jobState } from "../../client/jobState.js";
import { fulfillMany as sendMany } from "../../client/many.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { verify } from "../../groth16/verify.js";
import { batchShown, filledUp } from "../../inference/batchInput.js";
import { commitmentTo } from "../../inference/infer.js";
import type { BuiltBatch, BuiltModel } from "../../inference/model.js";
import { proveBatch } from "../../inference/proveBatch.js";
import { inStage } from "../../progress/progress.js";
import type { BatchedProof, JobRecord, ProvenJob } from "../jobs.js";
import { loadJob } from "../jobFiles.js";
import { requireModelOfJob } from "../models/ofJob.js";
import type { Project } from "../project.js";
import { proverOf } from "../prover.js";
import type { FulfillResult } from "../types.js";
import type { Chain } from "./chain.js";
import { checkJob } from "./checkJob.js";
import { resultOf } from "./answers.js";
import { connectToContracts } from "./deployments.js";
import { fulfillRecord, isPaid, type FulfillOptions } from "./fulfill.js";
import { requireWorthwhile } from "./guards/worthwhile.js";
import { Journal, JournalOfMany } from "./journal.js";
import { filesByJob } from "./provenSegments.js";
import { requireChain } from "./requireJob.js";
import { carryOut, progressOf, receiptOf } from "./sending.js";

/** What fulfilling jobs of one model takes. */
interface Connected {
  readonly project: Project;
  readonly chain: Chain;
  readonly contracts: Contracts;
  readonly model: BuiltModel;
  readonly payee: string;
  readonly options: FulfillOptions;
}

/**
 * Fulfills jobs of one model, as many at once as the model's batches allow. All of them are checked before the first is
 * proven; each proof is on the disk, in the files of all of its jobs, before it is sent.
 *
 * @param account number, or address, of the provider's account
 * @returns one result per job, in their order; jobs of one proof share a transaction
 */
export async function fulfillMany(
  project: Project,
  jobs: readonly string[],
  account: number | string | undefined,
  options: FulfillOptions,
): Promise<FulfillResult[]> {
  const folders = project.config.torch2circom;
  const given = await Promise.all(jobs.map((job) => loadJob(folders, job)));
  const records = [...new Map(given.map((record) => [record.jobId, record])).values()];
  const { chain, contracts } = await connectToContracts(project, account);
  for (const record of records) requireChain(record, chain);
  requireOneModel(records);
  const model = await requireModelOfJob(folders.outDir, records[0]);
  const payee = await chain.signer.getAddress();
  const connected = { project, chain, contracts, model, payee, options };
  const proofs = await filesByJob(
    options.proofs ?? [],
    records.map(({ jobId }) => jobId),
  );
  const alone = (record: JobRecord) =>
    fulfillRecord(
      project,
      { chain, contracts, model, record },
      { ...options, proofs: proofs.get(record.jobId) },
    );
  const open = await openJobs(connected, records);
  const results = new Map<string, FulfillResult>();
  for (const group of groupsOf(open, model)) {
    const made =
      group.batch === undefined
        ? [await alone(group.records[0])]
        : await fulfillGroup(connected, group.batch, group.records);
    for (const result of made) results.set(result.jobId, result);
  }
  return Promise.all(
    records.map(
      async (record) =>
        results.get(record.jobId) ??
        // It was paid before.
        alone(record),
    ),
  );
}

function requireOneModel(records: readonly JobRecord[]): void {
  const [first] = records;
  const other = records.find(({ job }) => job.modelId.toLowerCase() !== first.job.modelId.toLowerCase());
  if (other === undefined) return;
  throw new Torch2CircomError(
    "JOB_REFUSED",
    `Job ${other.jobId} is of another model than job ${first.jobId}: one proof is of one model`,
    "Fulfill the jobs of each model apart.",
  );
}

/**
 * The jobs that the payee has not been paid for. A proof that is made already costs nothing more: its jobs are taken as they
 * are.
 *
 * @throws Torch2CircomError for a job that could only be proved in vain
 */
async function openJobs(
  { chain, contracts, model, payee, options }: Connected,
  records: readonly JobRecord[],
): Promise<JobRecord[]> {
  const open: JobRecord[] = [];
  for (const record of records) {
    await checkJob(contracts, model, record);
    if (!(await isPaid(contracts, record, payee))) open.push(record);
  }
  const batch = batchFor(model, open.length);
  for (const record of open.filter(({ proven }) => proven?.payee !== payee))
    await requireWorthwhile(chain, model, record, { anyway: options.anyway, batch, jobs: open.length });
  return open;
}

/** The smallest batch that has room for so many jobs, else the largest; undefined for a lone job, or without batches. */
function batchFor({ manifest }: BuiltModel, count: number): BatchManifest | undefined {
  const batches = count > 1 ? (manifest.batches ?? []) : [];
  return batches.find(({ jobs }) => jobs >= count) ?? batches.at(-1);
}

interface Group {
  readonly records: readonly JobRecord[];
  readonly batch?: BuiltBatch;
}

/** Jobs as they are proven together: full batches, then the rest. */
function groupsOf(open: readonly JobRecord[], model: BuiltModel): Group[] {
  const groups: Group[] = [];
  for (let rest = open; rest.length > 0;) {
    const jobs = batchFor(model, rest.length)?.jobs;
    const batch = model.batches.find((one) => one.jobs === jobs);
    const records = rest.slice(0, batch?.jobs ?? 1);
    groups.push({ records, batch });
    rest = rest.slice(records.length);
  }
  return groups;
}

/** Proves jobs by one proof and collects their payments in one transaction. */
async function fulfillGroup(
  { project, chain, contracts, model, payee, options }: Connected,
  batch: BuiltBatch,
  records: readonly JobRecord[],
): Promise<FulfillResult[]> {
  const folders = project.config.torch2circom;
  const journals = await Promise.all(records.map((record) => Journal.open(folders, record)));
  const start = performance.now();
  const proven =
    (await provenBefore(model, batch, journals, payee)) ??
    (await inStage(progressOf(options), `Prove ${records.length} jobs`, () =>
      proveGroup({ project, model, payee }, batch, journals),
    ));
  const seconds = (performance.now() - start) / 1000;
  const { signer } = chain;
  const receipt = await carryOut(
    chain,
    new JournalOfMany(journals),
    {
      purpose: "fulfill",
      send: (sending) => {
        const answers = records.map(({ job }, i) => ({ job, payee, outputWords: proven[i].shown }));
        const { proof, batch: own } = proven[0];
        return sendMany(
          contracts,
          signer,
          answers,
          { jobs: batch.jobs, commitment: own!.commitment, proof },
          sending,
        );
      },
      done: async () => {
        const [first, ...others] = await Promise.all(
          records.map(({ jobId, job }) => jobState(contracts, jobId, { fulfillBy: job.fulfillBy })),
        );
        if (![first, ...others].every((state) => state.payee === payee)) return undefined;
        return receiptOf(signer.provider!, first.transaction!);
      },
    },
    options,
  );
  return Promise.all(journals.map((journal) => resultOf(model, journal, { payee, seconds, ...receipt })));
}

/** A proof that is on the disk, in the files of all of these jobs, and still holds. */
async function provenBefore(
  model: BuiltModel,
  batch: BuiltBatch,
  journals: readonly Journal[],
  payee: string,
): Promise<readonly ProvenJob[] | undefined> {
  const proven = journals.flatMap(({ record }) => record.proven ?? []);
  const jobIds = journals.map(({ record }) => record.jobId);
  const isOfThese = ({ payee: paid, batch: own }: ProvenJob): boolean =>
    paid === payee && own?.jobs === batch.jobs && own.jobIds.join() === jobIds.join();
  if (proven.length < journals.length || !proven.every(isOfThese)) return undefined;
  const words = journals.map(({ record }, i) => [
    ...proven[i].shown,
    commitmentTo(model, record.input),
    bindingOf(record.jobId, payee, record),
  ]);
  const all = filledUp(words, batch.jobs).flat();
  const { evaluation, challenge, commitment } = batchShown(model.manifest.domain, all);
  const signals = [evaluation, challenge, commitment].map(String);
  const holds = await verify(batch.verificationKey, signals, proven[0].proof).catch(() => false);
  return holds ? proven : undefined;
}

/** Makes a proof, and writes it into the files of all of its jobs. */
async function proveGroup(
  { project, model, payee }: Pick<Connected, "project" | "model" | "payee">,
  batch: BuiltBatch,
  journals: readonly Journal[],
): Promise<readonly ProvenJob[]> {
  const jobs = journals.map(({ record }) => ({
    input: record.input,
    binding: bindingOf(record.jobId, payee, record),
  }));
  const { proof, commitment, shown, words } = await proveBatch(model, batch, await proverOf(project), jobs);
  const jobIds = journals.map(({ record }) => record.jobId);
  const own: BatchedProof = { jobs: batch.jobs, commitment, jobIds };
  const proven = shown.map((signals) => ({ payee, proof, shown: signals, batch: own }));
  const isCommitted = model.manifest.outputMode === "committed";
  for (const [i, journal] of journals.entries())
    await journal.write({ proven: proven[i], ...(isCommitted && { answer: words[i] }) });
  return proven;
}
