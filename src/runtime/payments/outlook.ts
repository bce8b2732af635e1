import type { Provider } from "ethers";
import { transactionIsWaiting } from "../../client/pending.js";
import type { JobState } from "../../client/jobState.js";
import { isRecord, type JournalEntry, type KnownJob, type PipelineProgress } from "../jobs.js";
import type { Outlook } from "../types.js";
import type { Network } from "./chain.js";

/** What a job waits for, and the command that goes on with it. */
export async function outlook(chain: Network, job: KnownJob, status: JobState["status"]): Promise<Outlook> {
  const { provider } = chain.connection.ethers;
  const last = job.transactions?.at(-1);
  const { timestamp } = (await provider.getBlock("latest"))!;
  const time = BigInt(timestamp);
  const run = (task: string, ...args: string[]) =>
    [
      `npx hardhat torch2circom:${task}`,
      ...args,
      ...(chain.isInProcess ? [] : [`--network ${chain.network}`]),
    ].join(" ");
  const resume = run("resume", job.jobId);
  const fate = last === undefined ? undefined : await fateOf(provider, last);
  const hash = last?.hash;
  if (fate === "waiting")
    return {
      state: `${STEP[last!.purpose]} waits to be mined`,
      sent: hash,
      next: [resume, `${resume} --bump`],
    };
  if (status === "none" && time > job.job.fundBy)
    return {
      state: "it was not funded in time: nothing is locked, and nothing can be",
      sent: hash,
      next: [],
    };
  if (status === "none" && last === undefined) return { state: "nothing was sent", next: [resume] };
  if (status === "none")
    return { state: `not funded: ${STEP[last!.purpose]} ${FATE[fate!]}`, sent: hash, next: [resume] };
  if (status === "fulfilled") return { state: "it is proven and paid for", next: [run("status", job.jobId)] };
  if (status === "refunded") return { state: "its client has the money back", next: [run("withdraw")] };
  const overdue = time > job.job.fulfillBy;
  if (overdue) return { state: "nobody has proved it in time", next: [run("refund", job.jobId)] };
  if (fate !== undefined && last!.purpose === "fulfill")
    return { state: `not fulfilled: ${STEP.fulfill} ${FATE[fate]}`, sent: hash, next: [resume] };
  if (job.proven !== undefined)
    return {
      state: "it is proven, and the proof was not sent",
      next: [job.proven.batch === undefined ? run("fulfill", job.jobId) : resume],
    };
  if (job.pipeline !== undefined)
    return { state: progressOf(job.pipeline), next: [run("fulfill", job.jobId)] };
  if (!isRecord(job))
    return { state: "it waits for a proof by whoever has its file: the input is not here", next: [] };
  return { state: "it waits for a proof", next: [run("fulfill", job.jobId)] };
}

function progressOf({ proofs }: PipelineProgress): string {
  const made = proofs.filter((proof) => proof !== null).length;
  if (made === proofs.length) return "its segments are proven, and the proofs were not sent";
  return `${made} of its ${proofs.length} segments are proven here`;
}

const STEP: Readonly<Record<JournalEntry["purpose"], string>> = {
  request: "the payment",
  fulfill: "the proof",
  refund: "the refund",
};

const FATE = {
  waiting: "waits to be mined",
  mined: "was mined, and did not do it",
  reverted: "was mined, and reverted",
  replaced: "was replaced by another transaction",
  dropped: "was dropped by the network, or never reached it",
};

/** What became of a transaction. */
async function fateOf(provider: Provider, entry: JournalEntry): Promise<keyof typeof FATE> {
  const { hash, from, nonce } = entry;
  if (await transactionIsWaiting(provider, entry)) return "waiting";
  const receipt = hash === undefined ? null : await provider.getTransactionReceipt(hash);
  if (receipt !== null) return receipt.status === 0 ? "reverted" : "mined";
  return (await provider.getTransactionCount(from, "latest")) > nonce ? "replaced" : "dropped";
}
