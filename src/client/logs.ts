import type { Block, Provider } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { isAnswerOfNode } from "./nodeErrors.js";

/** Blocks of the first query. It doubles with each answer, and is halved where a node refuses. */
const FIRST_WINDOW = 8192;

/**
 * Logs from the newest block to the oldest, in windows that the node answers.
 *
 * @param query the logs of blocks `from` to `to`, both included
 * @param newest,oldest the blocks to be searched. Block 0 has no logs
 * @throws Torch2CircomError where a node refuses to answer for a single block: its logs are pruned
 */
export async function* logsBackwards<Log>(
  query: (from: number, to: number) => Promise<readonly Log[]>,
  newest: number,
  oldest = 1,
): AsyncGenerator<readonly Log[]> {
  let window = FIRST_WINDOW;
  let most = Infinity;
  for (let to = newest; to >= Math.max(1, oldest);) {
    const from = Math.max(1, oldest, to - window + 1);
    try {
      yield await query(from, to);
    } catch (error) {
      if (!isAnswerOfNode(error)) throw error;
      if (from === to) throw logsMissing(`the node refuses to show those of block ${to}`, error as Error);
      window = most = Math.floor((to - from + 1) / 2);
      continue;
    }
    to = from - 1;
    window = Math.min(window * 2, most);
  }
}

export function logsMissing(why: string, cause?: Error): Torch2CircomError {
  const said = cause === undefined ? "" : ` ("${cause.message.slice(0, 200)}")`;
  return new Torch2CircomError(
    "LOGS_MISSING",
    `The job's events cannot be found: ${why}${said}`,
    "Choose a node that keeps old logs (an archive node), or give the job's file, which holds the terms.",
    cause,
  );
}

/** The first block after a second of Unix time; the latest one if that is before it. */
export async function blockAfter(provider: Provider, second: bigint): Promise<number> {
  const latest = (await provider.getBlock("latest"))!;
  if (BigInt(latest.timestamp) <= second) return latest.number;
  let [low, high] = [0, latest.number];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const block: Block | null = await provider.getBlock(middle);
    // A node that has forgotten a block has forgotten those before it.
    if (block === null || BigInt(block.timestamp) <= second) low = middle + 1;
    else high = middle;
  }
  return low;
}
