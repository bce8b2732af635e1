import { loadJob } from "../jobFiles.js";
import type { Project } from "../project.js";
import type { ResumeResult, TransactionOptions } from "../types.js";
import { connectToContracts } from "./deployments.js";
import { fulfill } from "./fulfill.js";
import { fulfillMany } from "./fulfillMany.js";
import { Journal } from "./journal.js";
import { refund } from "./refund.js";
import { fund } from "./request.js";
import { requireChain } from "./requireJob.js";

/** Goes on with what was last begun for a job, by the account that began it. */
export async function resume(
  project: Project,
  job: string,
  options: TransactionOptions & { readonly bump?: boolean },
): Promise<ResumeResult> {
  const folders = project.config.torch2circom;
  const journal = await Journal.open(folders, await loadJob(folders, job));
  const { record } = journal;
  const { jobId, transactions, proven, pipeline } = record;
  const last = transactions?.at(-1);
  const begun = proven ?? pipeline;
  // Proofs are made once the payment is there.
  const isProving = begun !== undefined && (last === undefined || last.purpose === "request");
  const step = isProving ? "fulfill" : (last?.purpose ?? "request");
  const from = isProving ? begun.payee : (last?.from ?? record.job.client);
  const { chain, contracts } = await connectToContracts(project, from);
  requireChain(record, chain);
  const connected = { chain, contracts, known: record };
  if (step === "fulfill" && proven?.batch !== undefined) {
    const results = await fulfillMany(project, proven.batch.jobIds, from, options);
    const { transaction, gasUsed, block } = results.find((result) => result.jobId === jobId)!;
    return { jobId, step, transaction, gasUsed, block };
  }
  if (step === "fulfill") {
    const { transaction, gasUsed, block } = await fulfill(project, connected, options);
    return { jobId, step, transaction, gasUsed, block };
  }
  if (step === "refund") return { jobId, step, ...(await refund(project, connected, options)) };
  return { jobId, step, ...(await fund(chain, contracts, journal, options)) };
}
