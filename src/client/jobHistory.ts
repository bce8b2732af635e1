import type { JsonRpcApiProvider, Log, LogDescription, Provider } from "ethers";
import type { Contracts } from "./contracts.js";
import { explainRefusal } from "./errors.js";
import { plainJob, statusOf } from "./events.js";
import { logsBackwards, logsMissing } from "./logs.js";
import type { Job, JOB_STATUS } from "./terms.js";
import { unitOf, type Unit } from "./unit.js";

/** A transaction that has changed a job. */
export interface Step {
  readonly transaction: string;
  /** Number of its block, and the block's second of Unix time. */
  readonly block: number;
  readonly time: bigint;
  /** The block's hash. Undefined where a service has told of the step. */
  readonly blockHash?: string;
  /** Gas that the whole transaction has used, and the price of one unit in wei. */
  readonly gasUsed: bigint;
  readonly gasPrice: bigint;
  /** Jobs that the transaction has changed in the same way: they share its gas. */
  readonly jobs: number;
}

/** All that a chain tells of a job. */
export interface JobHistory {
  readonly status: (typeof JOB_STATUS)[number];
  /** The latest block when it was read, and its second of Unix time. */
  readonly latest: { readonly block: number; readonly time: bigint };
  /** Undefined for a job that is not there, and where the node does not show its events. */
  readonly job?: Job;
  /** How amounts of the job's token are written. */
  readonly unit?: Unit;
  readonly requested?: Step;
  /** Who was paid, and the output words. */
  readonly fulfilled?: Step & { readonly payee: string; readonly outputWords: readonly bigint[] };
  /** Who asked for it: the provider, if it declined. */
  readonly refunded?: Step & { readonly by: string };
}

/** How a job is searched. */
export interface SearchOptions {
  /** Ranges of blocks that the node is asked for, at most. @default no bound */
  readonly mostRanges?: number;
  /** What was read before: its blocks are looked at first, and what is older than it is not searched again. */
  readonly known?: JobHistory;
  /** Is called before each question for a range. */
  readonly onAsk?: () => void;
}

type Name = "Requested" | "Fulfilled" | "Refunded";

/** Blocks before the last known one that may be others now. */
const REORGANIZED = 32;

/** The events that a job in each state has. */
const EVENTS: Readonly<Record<JobHistory["status"], readonly Name[]>> = {
  none: [],
  funded: ["Requested"],
  fulfilled: ["Requested", "Fulfilled"],
  refunded: ["Requested", "Refunded"],
};

/** An event of a job, and where it is. */
interface Found {
  readonly log: Log;
  readonly event: LogDescription;
}

/**
 * What a chain tells of a job, from the escrow's storage and its events, with nothing but the id. Where the node does not show the
 * events, the status is all that is known.
 *
 * @param contracts see {@link contractsAt}
 * @param jobId 32 bytes, in hexadecimal
 * @param options bounds of the search
 * @throws Torch2CircomError where the node does not answer
 */
export function jobHistory(
  contracts: Contracts,
  jobId: string,
  options: SearchOptions = {},
): Promise<JobHistory> {
  return explainRefusal(() => read(contracts, jobId, options));
}

async function read({ escrow }: Contracts, jobId: string, options: SearchOptions): Promise<JobHistory> {
  const provider = escrow.runner!.provider!;
  const block = (await provider.getBlock("latest"))!;
  const status = await statusOf(escrow, jobId, block.number);
  const latest = { block: block.number, time: BigInt(block.timestamp) };
  const found = await search(escrow, jobId, EVENTS[status], latest.block, options);
  const { known } = options;
  const step = async (name: Name) => {
    const one = found.get(name);
    if (one === undefined) return undefined;
    const before = eventsOf(known).find((old) => isOf(old, one.log));
    return { ...(before ?? (await stepOf(escrow, provider, name, one.log))), args: one.event.args };
  };
  const [requested, fulfilled, refunded] = [
    await step("Requested"),
    await step("Fulfilled"),
    await step("Refunded"),
  ];
  const job = requested && plainJob(requested.args.job as Job);
  const unit =
    job &&
    (known?.job?.token === job.token && known.unit ? known.unit : await unitOf(escrow.runner!, job.token));
  return {
    status,
    latest,
    ...(requested && job && { job, unit, requested: plain(requested) }),
    ...(fulfilled && {
      fulfilled: {
        ...plain(fulfilled),
        payee: fulfilled.args.payee as string,
        outputWords: [...(fulfilled.args.outputs as Iterable<bigint>)],
      },
    }),
    ...(refunded && { refunded: { ...plain(refunded), by: refunded.args.by as string } }),
  };
}

function plain({ transaction, block, time, blockHash, gasUsed, gasPrice, jobs }: Step): Step {
  return { transaction, block, time, blockHash, gasUsed, gasPrice, jobs };
}

function eventsOf(history: JobHistory | undefined): Step[] {
  return [history?.requested, history?.fulfilled, history?.refunded].filter((step) => step !== undefined);
}

/** Whether a step is that of an event. */
function isOf({ transaction, blockHash }: Step, log: Log): boolean {
  return transaction === log.transactionHash && blockHash === log.blockHash;
}

/** @returns the events of a job that are needed, as far as the node shows them */
async function search(
  escrow: Contracts["escrow"],
  jobId: string,
  needed: readonly Name[],
  newest: number,
  { mostRanges = Infinity, known, onAsk }: SearchOptions,
): Promise<ReadonlyMap<Name, Found>> {
  const found = new Map<Name, Found>();
  const provider = escrow.runner!.provider!;
  const [address, topics] = [
    await escrow.getAddress(),
    [needed.map((name) => escrow.interface.getEvent(name).topicHash), jobId],
  ];
  const requested = escrow.interface.getEvent("Requested").topicHash;
  let asked = 0;
  const query = async (fromBlock: number, toBlock: number) => {
    if (++asked > mostRanges) throw logsMissing(`they are older than block ${toBlock}`);
    onAsk?.();
    return provider.getLogs({ address, topics, fromBlock, toBlock });
  };
  const isWhole = (logs: readonly Log[]) => {
    for (const log of logs) {
      const event = escrow.interface.parseLog(log)!;
      found.set(event.name as Name, { log, event });
    }
    return needed.every((name) => found.has(name));
  };
  if (isWhole([])) return found;
  let isAllThere = known !== undefined;
  for (const one of eventsOf(known)) {
    const logs = one.block <= newest ? await query(one.block, one.block) : [];
    if (isWhole(logs)) return found;
    isAllThere &&= logs.length > 0;
  }
  try {
    // Nothing of a job is older than its funding; and what the last search has not found is not where it has looked, or could.
    const oldest = isAllThere
      ? Math.max(found.get("Requested")?.log.blockNumber ?? 1, known!.latest.block - REORGANIZED)
      : undefined;
    for await (const logs of logsBackwards(query, newest, oldest))
      if (isWhole(logs) || logs.some(({ topics: [topic] }) => topic === requested)) break;
  } catch (error) {
    // What was found is true without the rest.
    if ((error as { code?: unknown }).code !== "LOGS_MISSING") throw error;
  }
  return found;
}

async function stepOf(
  escrow: Contracts["escrow"],
  provider: Provider,
  name: Name,
  { transactionHash, blockHash, blockNumber }: Log,
): Promise<Step> {
  const [address, topic] = [await escrow.getAddress(), escrow.interface.getEvent(name).topicHash];
  const [receipt, block, logs] = await Promise.all([
    receiptOf(provider, transactionHash),
    provider.getBlock(blockHash),
    provider.getLogs({ blockHash, address, topics: [topic] }),
  ]);
  if (receipt === null || block === null)
    throw logsMissing(`the node knows an event of the job, and not its block ${blockNumber}`);
  return {
    transaction: transactionHash,
    block: blockNumber,
    time: BigInt(block.timestamp),
    blockHash,
    ...receipt,
    jobs: logs.filter((log) => log.transactionHash === transactionHash).length,
  };
}

/** A receipt as the node sends it. */
interface RawReceipt {
  readonly gasUsed: string;
  readonly effectiveGasPrice: string;
}

/** The gas of a transaction. Its logs are not read: ethers takes a second for those that a stranger can put into a block. */
async function receiptOf(
  provider: Provider,
  hash: string,
): Promise<Pick<Step, "gasUsed" | "gasPrice"> | null> {
  if (!("send" in provider)) {
    const receipt = await provider.getTransactionReceipt(hash);
    return receipt && { gasUsed: receipt.gasUsed, gasPrice: receipt.gasPrice };
  }
  const receipt = (await (provider as JsonRpcApiProvider).send("eth_getTransactionReceipt", [
    hash,
  ])) as RawReceipt | null;
  return receipt && { gasUsed: BigInt(receipt.gasUsed), gasPrice: BigInt(receipt.effectiveGasPrice) };
}
