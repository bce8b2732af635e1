import { styleText } from "node:util";

/** What a word of the output means: colors only repeat what it says. */
export type Meaning = "heading" | "good" | "bad" | "care" | "aside";

const FORMATS = {
  heading: "bold",
  good: "green",
  bad: "red",
  care: "yellow",
  aside: "dim",
} as const;

/** Colors a text on a terminal, and nowhere else: not in a file or a pipe, and not where `NO_COLOR` is set. */
export function styled(meaning: Meaning, text: string): string {
  return styleText(FORMATS[meaning], text, { stream: process.stdout });
}

/** What the states of jobs and of steps mean; another state is no news. */
const STATES: Readonly<Record<string, Meaning>> = {
  ...{ fulfilled: "good", final: "good", settled: "good" },
  ...{ refunded: "care", expired: "care", declined: "care" },
  ...{ failed: "bad", refused: "bad" },
};

/** A state of a job, colored by what it means for those who wait. */
export function styledState(state: string): string {
  return Object.hasOwn(STATES, state) ? styled(STATES[state], state) : state;
}
