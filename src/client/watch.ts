import type { Log, Result } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { ChainLogs, NOTHING, type Change } from "./chainLogs.js";
import type { Contracts } from "./contracts.js";
import type { Job } from "./escrow.js";

/** Milliseconds between two looks at the chain: a third of a block of Ethereum's. */
const INTERVAL = 4_000;

/** Failures of the node in a row that are waited out. */
const PATIENCE = 8;

/** Which jobs to watch, and how. */
export interface WatchOptions {
  /** Watches this job alone. @default all */
  readonly jobId?: string;
  /** Watches the jobs of this model that are requested from `fromBlock` on. @default all */
  readonly modelId?: string;
  /** First block to read. @default the latest one when the loop starts */
  readonly fromBlock?: number;
  /** Blocks that have to follow the one with an event. @default 0 */
  readonly confirmations?: number;
  /** Milliseconds between two looks at the chain. @default 4000 */
  readonly interval?: number;
  /** Ends the loop. */
  readonly signal?: AbortSignal;
}

/** What happened to a job. A job that is settled in one step is requested and fulfilled in one transaction. */
export type JobEvent = {
  readonly jobId: string;
  readonly blockNumber: number;
  readonly transaction: string;
  /** A reorganization took the event away, which was told before. It may come back in another block. */
  readonly removed: boolean;
} & (
  | { readonly kind: "requested"; readonly modelId: string; readonly job: Job }
  | { readonly kind: "fulfilled"; readonly payee: string; readonly outputWords: readonly bigint[] }
  /** `by` is who asked for it: the provider, if it declined. */
  | { readonly kind: "refunded"; readonly client: string; readonly by: string }
);

/**
 * Follows jobs: what is requested, fulfilled and refunded, each event once and in the chain's order. Blocks are read in
 * ranges, so that none is left out if a node forgets its filters, fails for some time, or lags. What a reorganization
 * takes away is told again with `removed`; with `confirmations`, it happens less often.
 *
 * @param contracts see {@link contractsAt}; the provider of their runner is asked
 * @param options all have defaults
 * @throws Torch2CircomError if the node fails eight times in a row
 * @example
 * ```ts
 * import { requestInference, watchJobs } from "torch2circom/client";
 *
 * const { jobId } = await requestInference(contracts, signer, { modelId, inputCommitment: 12345n, amount: 1000n });
 * for await (const event of watchJobs(contracts, { jobId })) {
 *   console.log(event.kind, event.blockNumber);
 *   if (!event.removed) break; // "requested"; the next one would be "fulfilled" or "refunded"
 * }
 * ```
 */
export async function* watchJobs(
  { escrow }: Contracts,
  options: WatchOptions = {},
): AsyncGenerator<JobEvent, void, undefined> {
  const provider = escrow.runner?.provider;
  if (!provider) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "The contracts have no provider, which could be asked for events",
      "Connect them to a provider, or to a signer with one (contractsAt).",
    );
  }
  const { jobId, modelId, confirmations = 0, interval = INTERVAL, signal } = options;
  const topics = ["Requested", "Fulfilled", "Refunded"] as const;
  const filter = {
    address: await escrow.getAddress(),
    topics: [topics.map((name) => escrow.interface.getEvent(name).topicHash), jobId ?? null],
  };
  const fromBlock = options.fromBlock ?? (await provider.getBlockNumber());
  const logs = new ChainLogs(provider, filter, fromBlock, confirmations);
  const ofModel = new Set<string>();
  let failures = 0;
  while (!signal?.aborted) {
    let change: Change;
    try {
      change = await logs.poll();
      failures = 0;
    } catch (error) {
      if (++failures === PATIENCE) throw silent(error as Error);
      change = NOTHING;
    }
    for (const removed of [true, false]) {
      for (const log of removed ? change.removed : change.added) {
        const event = eventOf(escrow.interface.parseLog(log)!, log, removed);
        if (event.kind === "requested" && event.modelId === modelId) ofModel.add(event.jobId);
        if (modelId !== undefined && !ofModel.has(event.jobId)) continue;
        yield event;
        if (signal?.aborted) return;
      }
    }
    if (!change.isBehind) await pause(interval, signal);
  }
}

function eventOf(
  { name, args }: { readonly name: string; readonly args: Result },
  { blockNumber, transactionHash }: Log,
  removed: boolean,
): JobEvent {
  const common = { jobId: args.jobId as string, blockNumber, transaction: transactionHash, removed };
  if (name === "Requested") {
    const job = (args.job as Result).toObject() as unknown as Job;
    return { ...common, kind: "requested", modelId: args.modelId as string, job };
  }
  if (name === "Refunded")
    return { ...common, kind: "refunded", client: args.client as string, by: args.by as string };
  const outputWords = (args.outputs as Result).toArray() as bigint[];
  return { ...common, kind: "fulfilled", payee: args.payee as string, outputWords };
}

function silent(cause: Error): Torch2CircomError {
  return new Torch2CircomError(
    "NETWORK_UNREACHABLE",
    `The node does not tell the events of the escrow: ${cause.message}`,
    "Check the node, and watch again from the last event's block (fromBlock).",
    cause,
  );
}

/** Returns early once the signal is given. */
function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
}
