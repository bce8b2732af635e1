import { refundJob } from "../../client/escrow.js";
import { eventOf, statusOf } from "../../client/events.js";
import type { Receipt } from "../../client/send.js";
import { isRecord } from "../jobs.js";
import type { Project } from "../project.js";
import type { ConnectedJob } from "./findJob.js";
import { Journal } from "./journal.js";
import { requireJob } from "./requireJob.js";
import { carryOut, receiptOf, waitOptions, type SendingOptions } from "./sending.js";

/** Returns a job's payment to its client. A job that is known by its id alone has no file to write to. */
export async function refund(
  { config }: Project,
  { chain, contracts, known }: ConnectedJob,
  options: SendingOptions,
): Promise<Receipt> {
  await requireJob(contracts, known, chain);
  if (!isRecord(known)) return refundJob(contracts, chain.signer, known.job, waitOptions(options));
  const journal = await Journal.open(config.torch2circom, known);
  const { escrow } = contracts;
  return carryOut(
    chain,
    journal,
    {
      purpose: "refund",
      send: (sending) => refundJob(contracts, chain.signer, known.job, sending),
      // Who has not sent it hears from the contract that somebody else has.
      done: async () => {
        const own = journal.last("refund");
        if (own === undefined || (await statusOf(escrow, known.jobId)) !== "refunded") return undefined;
        const event = await eventOf(escrow, escrow.filters.Refunded(known.jobId), undefined, own.block);
        return receiptOf(chain.signer.provider!, event.transactionHash);
      },
    },
    options,
  );
}
