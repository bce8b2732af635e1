import { ZeroAddress, type Log, type Result } from "ethers";
import type { Contracts } from "../../client/contracts.js";
import { plainJob } from "../../client/events.js";
import type { Job } from "../../client/terms.js";

/** The events that say what became of a job. */
const NAMES = ["Requested", "Fulfilled", "Refunded"] as const;

/** An event of the escrow, as a block has it. */
export interface EscrowEvent {
  readonly block: number;
  readonly blockHash: string;
  /** Of the log in its block. */
  readonly index: number;
  /** The escrow's id of the job. */
  readonly job: string;
  readonly name: (typeof NAMES)[number];
  /** The terms; the payee; who asked for the refund. */
  readonly data: Job | { readonly payee: string } | { readonly by: string };
}

/** What a node is asked for. */
export function topicsOf({ escrow }: Contracts): string[][] {
  return [NAMES.map((name) => escrow.interface.getEvent(name).topicHash)];
}

/**
 * The events that a provider needs, each once and in the chain's order, whatever the order in which a node tells them.
 *
 * @param provider reads jobs that are closed for it, and open ones
 * @param logs of the escrow. Those that are in no block, and what is no event of these, are left out
 */
export function eventsOf({ escrow }: Contracts, provider: string, logs: readonly Log[]): EscrowEvent[] {
  const byPlace = new Map<string, EscrowEvent>();
  for (const log of logs) {
    const event = log.removed ? undefined : eventOf(escrow, log);
    if (event !== undefined && isFor(provider, event)) byPlace.set(`${log.blockHash} ${log.index}`, event);
  }
  return [...byPlace.values()].sort((a, b) => a.block - b.block || a.index - b.index);
}

function eventOf(escrow: Contracts["escrow"], log: Log): EscrowEvent | undefined {
  const parsed = parse(escrow, log);
  const name = NAMES.find((one) => one === parsed?.name);
  if (parsed === undefined || name === undefined) return undefined;
  const { args } = parsed;
  const { blockNumber: block, blockHash, index } = log;
  return { block, blockHash, index, job: args.jobId as string, name, data: dataOf(name, args) };
}

function parse({ interface: events }: Contracts["escrow"], log: Log) {
  try {
    return events.parseLog(log) ?? undefined;
  } catch {
    // Data of another form than the event's.
    return undefined;
  }
}

function dataOf(name: EscrowEvent["name"], args: Result): EscrowEvent["data"] {
  if (name === "Requested") return plainJob(args.job as Job);
  return name === "Fulfilled" ? { payee: args.payee as string } : { by: args.by as string };
}

function isFor(own: string, { name, data }: EscrowEvent): boolean {
  if (name !== "Requested") return true;
  const { provider } = data as Job;
  return provider === ZeroAddress || provider === own;
}
