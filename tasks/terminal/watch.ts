import { setTimeout as wait } from "node:timers/promises";
import { asPluginError, Torch2CircomPluginError } from "../../src/hook-handlers/pluginError.js";
import type { ErrorCode } from "../../src/errors/codes.js";
import type { Progress, Stage } from "../../src/progress/progress.js";

/** Milliseconds between two looks. */
const INTERVAL = 2_000;

/**
 * What a look can meet that the next one may not, and how many looks in a row it is waited for: a node that is away comes back, and
 * one that is behind has the events soon, or never.
 */
const PASSING: Readonly<Partial<Record<ErrorCode, number>>> = {
  NETWORK_UNREACHABLE: Infinity,
  LOGS_MISSING: 15,
};

export interface Watching<State> {
  readonly look: () => Promise<State>;
  /** A state in words. As long as they stay, one line shows how long. */
  readonly words: (state: State) => string;
  readonly isEnd: (state: State) => boolean;
  readonly progress: Progress;
  /** @default 2,000 ms */
  readonly interval?: number;
}

/**
 * Looks again and again, and shows each change as a stage of the progress. What it saw before a node went away stays.
 *
 * @returns the state that is the end
 * @throws what the first look throws, and later whatever the next look cannot mend
 */
export async function watch<State>({
  look,
  words,
  isEnd,
  progress,
  interval = INTERVAL,
}: Watching<State>): Promise<State> {
  let shown: { readonly text: string; readonly stage: Stage } | undefined;
  const show = (text: string) => {
    if (shown?.text === text) return;
    shown?.stage.done();
    shown = { text, stage: progress.stage(text) };
  };
  let state = await look();
  try {
    while (!isEnd(state)) {
      show(words(state));
      state = await next();
    }
  } catch (error) {
    shown?.stage.fail();
    throw error;
  }
  shown?.stage.done();
  return state;

  /** The next look that succeeds. */
  async function next(): Promise<State> {
    for (let misses = 1; ; misses++) {
      await wait(interval);
      try {
        return await look();
      } catch (error) {
        const known = asPluginError(error);
        if (!(known instanceof Torch2CircomPluginError) || misses > (PASSING[known.code] ?? 0)) throw error;
        show(`${known.problem}; asking again`);
      }
    }
  }
}
