import type { Provider } from "ethers";
import { transactionIsWaiting } from "../../client/pending.js";
import type { Receipt, SendOptions } from "../../client/send.js";
import { waitUntilMined, type WaitOptions } from "../../client/waiting.js";
import { createProgress, type Progress } from "../../progress/progress.js";
import type { JournalEntry } from "../jobs.js";
import type { TransactionOptions } from "../types.js";
import type { Chain } from "./chain.js";
import type { StepJournal } from "./journal.js";

/** How a step's transaction is sent; `bump` gives one that waits a higher fee. */
export type SendingOptions = TransactionOptions & { readonly bump?: boolean };

/** One step of a job that must happen once, however often it is tried. */
export interface Step {
  readonly purpose: JournalEntry["purpose"];
  /** Sends what the step needs. It can be called again. */
  readonly send: (options: SendOptions) => Promise<Receipt>;
  /** The transaction by which the step was done, as the chain knows it; undefined if it was not. */
  readonly done: () => Promise<Receipt | undefined>;
}

/**
 * Does a step of a job: waits for its transaction if one is on its way, or sends one that takes its place (`bump`), or
 * sends the first. Whatever an error says, the chain decides whether the step is done.
 */
export async function carryOut(
  { signer }: Chain,
  journal: StepJournal,
  { purpose, send, done }: Step,
  options: SendingOptions,
): Promise<Receipt> {
  const provider = signer.provider!;
  const waits = waitOptions(options);
  const before = await done();
  if (before !== undefined) return before;
  const last = journal.last(purpose, await signer.getAddress());
  const waiting = last !== undefined && (await transactionIsWaiting(provider, last)) ? last : undefined;
  try {
    if (waiting !== undefined && options.bump !== true) {
      await waitUntilMined(provider, waiting, waits);
      const receipt = await done();
      if (receipt !== undefined) return receipt;
    }
    return await send({
      ...waits,
      onSending: (sending) => journal.note(purpose, sending, provider),
      ...(options.bump === true && waiting !== undefined && { replaces: waiting }),
    });
  } catch (error) {
    const receipt = await done().catch(() => undefined);
    if (receipt === undefined) throw error;
    return receipt;
  }
}

export function waitOptions({ confirmations, timeout, interval, progress }: TransactionOptions): WaitOptions {
  return { confirmations, timeout, interval, onWait: (line) => progress?.note(line) };
}

export function progressOf({ progress }: TransactionOptions): Progress {
  return progress ?? createProgress({ silent: true });
}

/** What a mined transaction has cost, and where it is. */
export async function receiptOf(provider: Provider, transaction: string): Promise<Receipt | undefined> {
  const receipt = await provider.getTransactionReceipt(transaction);
  return receipt === null ? undefined : { transaction, gasUsed: receipt.gasUsed, block: receipt.blockNumber };
}
