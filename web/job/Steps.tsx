import type { JobHistory, Step } from "../../src/client/jobHistory.js";
import { timeText } from "../parts/words.js";
import { isOneStep } from "./isOneStep.js";

interface Line {
  readonly name: string;
  readonly kind: "done" | "now" | "left";
  readonly text: string;
}

/** When what happened to a job, by the times of the blocks. */
export function Steps({ history, isOwnNode }: { history: JobHistory; isOwnNode: boolean }) {
  return (
    <section class={isOwnNode ? "times" : "times told"} aria-label="Times">
      <ol class="progress">
        {linesOf(history).map(({ name, kind, text }, i) => (
          <li key={name} class={kind} aria-current={kind === "now" ? "step" : undefined}>
            <span class="sign" aria-hidden="true">
              {i + 1}
            </span>
            <span>
              {name}
              <small>{text}</small>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function linesOf(history: JobHistory): Line[] {
  const { status, job, latest, requested, fulfilled, refunded } = history;
  const isAtOnce = isOneStep(history);
  const at = (step: Step | undefined) =>
    step === undefined
      ? "the node does not show when"
      : `${timeText(step.time)}, block ${step.block}, ${blocks(latest.block - step.block)} on top`;
  const lines: Line[] = isAtOnce ? [] : [{ name: "Funded", kind: "done", text: at(requested) }];
  const deadline: Line | undefined = job && {
    name: "Deadline",
    kind: status === "funded" && latest.time <= job.fulfillBy ? "now" : "done",
    text: timeText(job.fulfillBy),
  };
  if (status === "fulfilled")
    lines.push({
      name: isAtOnce ? "Paid and settled in one step" : "Settled",
      kind: "done",
      text: at(fulfilled),
    });
  else if (deadline !== undefined) lines.push(deadline);
  if (status === "refunded") {
    const line: Line = { name: "Refunded", kind: "done", text: at(refunded) };
    // A provider declines before the deadline.
    const isEarly = job !== undefined && refunded !== undefined && refunded.time <= job.fulfillBy;
    lines.splice(isEarly ? lines.length - 1 : lines.length, 0, line);
    return isEarly ? lines.slice(0, -1) : lines;
  }
  if (status === "funded") lines.push({ name: "Settled or refunded", kind: "left", text: "not yet" });
  return lines;
}

function blocks(count: number): string {
  return count === 1 ? "1 block" : `${count} blocks`;
}
