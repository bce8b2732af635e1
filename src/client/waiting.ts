import type { Provider, TransactionReceipt, TransactionResponse } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { explainRefusal } from "./errors.js";
import { isAnswerOfNode } from "./nodeErrors.js";

/** A mined transaction. */
export interface Receipt {
  readonly transaction: string;
  readonly gasUsed: bigint;
  /** Number of the block that it is in. */
  readonly block: number;
}

/** A transaction on its way: what finds it again after an interruption. */
export interface Outgoing {
  readonly from: string;
  readonly to: string;
  readonly nonce: number;
  /** Undefined until it was sent, where a node or a wallet signs. */
  readonly hash?: string;
}

/** How long a transaction is waited for, and who hears of it. */
export interface WaitOptions {
  /** Blocks that must hold the transaction or follow it. @default 1 */
  readonly confirmations?: number;
  /** Seconds after which to give up waiting. @default 600 */
  readonly timeout?: number;
  /** Milliseconds between two looks at the chain. @default 2000 */
  readonly interval?: number;
  /** Called with what is known of the transaction: if that changes, and every 15 seconds. */
  readonly onWait?: (line: string) => void;
}

/** Looks in a row that must agree before something is believed: nodes behind one address are not always of one mind. */
const LOOKS = 5;
/** Looks in a row that a node may leave without an answer. */
const SILENT_LOOKS = 15;
/** Milliseconds between two lines that say the same. */
const TELL_EVERY = 15_000;

/** What one look at the chain finds. */
type Finding =
  | { readonly kind: "mined" | "confirming"; readonly receipt: TransactionReceipt; readonly depth: number }
  | { readonly kind: "waiting" | "missing" | "overtaken" | "silent"; readonly words: string };

/**
 * Waits until a transaction is mined, deep enough.
 *
 * @throws Torch2CircomError if it is not mined in time, is dropped or replaced, or is mined and reverts
 */
export async function waitUntilMined(
  provider: Provider,
  sent: Outgoing,
  { confirmations = 1, timeout = 600, interval = 2000, onWait }: WaitOptions = {},
): Promise<Receipt> {
  const name = describe(sent);
  const end = Date.now() + timeout * 1000;
  let [last, words, repeated] = ["", "waits to be mined", 0];
  onWait?.(`Sent: ${name}`);
  // By a clock of its own: a node may take its time for one answer.
  const reminder = setInterval(() => onWait?.(`${name}: ${words}`), TELL_EVERY);
  try {
    for (;;) {
      const finding = await look(provider, sent, confirmations).catch(silence);
      if (finding.kind === "mined") return await receiptOf(provider, sent, finding.receipt);
      repeated = finding.kind === last ? repeated + 1 : 1;
      words = "words" in finding ? finding.words : `mined, ${finding.depth} of ${confirmations} blocks deep`;
      if (finding.kind !== last && (last !== "" || finding.kind !== "waiting")) onWait?.(`${name}: ${words}`);
      last = finding.kind;
      if (finding.kind === "missing" && repeated >= LOOKS) throw dropped(name);
      if (finding.kind === "overtaken" && repeated >= LOOKS) throw replaced(name, sent);
      if (finding.kind === "silent" && repeated >= SILENT_LOOKS)
        throw pending(name, "the node does not answer");
      if (Date.now() >= end) throw pending(name, `it is not confirmed after ${timeout} seconds: ${words}`);
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  } finally {
    clearInterval(reminder);
  }
}

async function look(provider: Provider, sent: Outgoing, confirmations: number): Promise<Finding> {
  const { from, nonce, hash } = sent;
  const receipt = hash === undefined ? null : await provider.getTransactionReceipt(hash);
  if (receipt !== null) {
    const depth = confirmations === 1 ? 1 : (await provider.getBlockNumber()) - receipt.blockNumber + 1;
    return { kind: depth >= confirmations ? "mined" : "confirming", receipt, depth };
  }
  if ((await provider.getTransactionCount(from, "latest")) > nonce)
    return { kind: "overtaken", words: "another transaction of its nonce is mined" };
  if (hash === undefined) {
    const isThere = (await provider.getTransactionCount(from, "pending")) > nonce;
    return isThere ? { kind: "waiting", words: "waits to be mined" } : missing;
  }
  const transaction = await provider.getTransaction(hash);
  return transaction === null ? missing : { kind: "waiting", words: await price(provider, transaction) };
}

const missing: Finding = { kind: "missing", words: "the node does not know it" };

/** What a waiting transaction offers, beside what the chain asks for. */
async function price(provider: Provider, { maxFeePerGas, gasPrice }: TransactionResponse): Promise<string> {
  const base = (await provider.getBlock("latest"))?.baseFeePerGas;
  const offered = maxFeePerGas ?? gasPrice;
  return typeof base === "bigint" && offered < base
    ? `waits, since it offers ${offered} wei for gas, and the chain asks for ${base}; a higher fee helps (torch2circom:resume --bump)`
    : "waits to be mined";
}

function silence(error: unknown): Finding {
  const words = isAnswerOfNode(error) ? "the node refuses to tell" : "the node does not answer";
  return { kind: "silent", words: `${words} (${(error as Error).message.slice(0, 200)})` };
}

/** @throws Torch2CircomError for a transaction that was mined and did nothing */
async function receiptOf(provider: Provider, sent: Outgoing, receipt: TransactionReceipt): Promise<Receipt> {
  const { hash, gasUsed, blockNumber, status } = receipt;
  if (status !== 0) return { transaction: hash, gasUsed, block: blockNumber };
  const cause = await reasonOf(provider, receipt);
  const reason =
    cause instanceof Torch2CircomError ? cause.problem : "without a reason that the node can repeat";
  throw new Torch2CircomError(
    "CONTRACT_REFUSED",
    `${describe(sent)} was mined in block ${blockNumber}, and reverted: ${reason}`,
    cause instanceof Torch2CircomError ? cause.remedy : "See torch2circom:status for what became of the job.",
    cause,
  );
}

/** The error of a reverted transaction, which its block's state gives again. */
export async function reasonOf(
  provider: Provider,
  { hash, blockNumber }: TransactionReceipt,
): Promise<Error | undefined> {
  try {
    const transaction = await provider.getTransaction(hash);
    if (transaction === null) return undefined;
    const { from, to, data, value } = transaction;
    await explainRefusal(() => provider.call({ from, to, data, value, blockTag: blockNumber }));
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function describe({ hash, nonce, from }: Outgoing): string {
  return hash === undefined ? `transaction ${nonce} of ${from}` : `transaction ${hash}`;
}

const MAY_BE_MINED =
  "It may still be mined: ask torch2circom:status, or send it again with torch2circom:resume <job>, with a higher fee by --bump.";

function pending(name: string, why: string): Torch2CircomError {
  return new Torch2CircomError("TRANSACTION_PENDING", `No word of ${name}: ${why}`, MAY_BE_MINED);
}

function dropped(name: string): Torch2CircomError {
  return new Torch2CircomError(
    "TRANSACTION_DROPPED",
    `The node has dropped ${name}: it is not mined, and does not wait to be`,
    "Send it again: torch2circom:resume <job>. It takes the same place, so that only one of the two can be mined.",
  );
}

function replaced(name: string, { from, nonce }: Outgoing): Torch2CircomError {
  return new Torch2CircomError(
    "TRANSACTION_REPLACED",
    `${name[0].toUpperCase()}${name.slice(1)} was replaced: another transaction of ${from} with the nonce ${nonce} is mined`,
    "Ask torch2circom:status what became of the job; torch2circom:resume <job> sends what is still to be sent.",
  );
}
