import { setTimeout as wait } from "node:timers/promises";
import { asPluginError, Torch2CircomPluginError } from "../../src/hook-handlers/pluginError.js";
import type { ErrorCode } from "../../src/errors/codes.js";
import type { Progress, Stage } from "../../src/progress/progress.js";

/** Milliseconds between two looks. */
const INTERVAL = 2_000;

/** What a look can meet that the next one may not: a node that is away, or behind. */
const PASSING: readonly ErrorCode[] = ["NETWORK_UNREACHABLE", "LOGS_MISSING"];

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
    for (;;) {
      await wait(interval);
      try {
        return await look();
      } catch (error) {
        const known = asPluginError(error);
        if (!(known instanceof Torch2CircomPluginError) || !PASSING.includes(known.code)) throw error;
        show(`${known.problem}; asking again`);
      }
    }
  }
}
