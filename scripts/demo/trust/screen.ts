import { styleText } from "node:util";
import type { AuditStep } from "../../../src/runtime/types.js";
import { describeSteps } from "../../../src/audit/describe.js";
import { formatSeconds, type Progress, type Stage } from "../../../src/progress/progress.js";

const MOST_COLUMNS = 100;

/** Prints a line of the demo: hashes and addresses are cut, so that it fits the screen. */
export function say(text = ""): void {
  const short = text.replace(/\b(?:0x)?[0-9a-f]{40,}\b/gi, (hash) => `${hash.slice(0, 10)}…`);
  console.log(short.length <= MOST_COLUMNS ? short : `${short.slice(0, MOST_COLUMNS - 1)}…`);
}

/** Prints a step of an audit as the task does. */
export function sayStep(step: AuditStep): void {
  for (const line of describeSteps([step])) say(line);
}

/** In bold on a terminal only, by NO_COLOR and FORCE_COLOR. */
export function title(text: string): void {
  console.log(styleText("bold", text, { stream: process.stdout }));
}

/** Shows what the demo is at, on stderr: on a terminal by a line that goes away with its stage. */
export function passingProgress(output = process.stderr): Progress {
  const show = (text: string): void => void output.write(output.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  const stage = (name: string): Stage => {
    const start = performance.now();
    const seconds = () => formatSeconds((performance.now() - start) / 1000);
    show(`  ${name} …`);
    const ticking = output.isTTY ? setInterval(() => show(`  ${name} … ${seconds()}`), 500) : undefined;
    const end = (): void => {
      clearInterval(ticking);
      if (output.isTTY) show("");
    };
    return { update: () => undefined, done: end, fail: end };
  };
  return { stage, note: () => undefined };
}
