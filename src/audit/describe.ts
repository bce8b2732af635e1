import { oneLine } from "../errors/oneLine.js";
import type { AuditStep } from "./steps.js";

const MARKS = { passed: "✔", failed: "✘", skipped: "–" } as const;

/** A line for each step: a tick, or the reason. */
export function describeSteps(steps: readonly AuditStep[]): string[] {
  return steps.map(({ name, state, detail }) => `  ${MARKS[state]} ${oneLine(`${name}: ${detail}`)}`);
}

/** An audit in words. A step that was skipped shows nothing, and is said to. */
export function describeAudit(name: string, steps: readonly AuditStep[]): string[] {
  const count = (state: AuditStep["state"]) => steps.filter((step) => step.state === state).length;
  const [failed, skipped] = [count("failed"), count("skipped")];
  const unknown = skipped === 0 ? "" : ` ${skipped} could not be done, and show nothing.`;
  return [`Audit of ${name}:`, ...describeSteps(steps), `${outcome()}${unknown}`];

  function outcome(): string {
    if (failed > 0) return `The audit FAILED: ${failed} of ${steps.length} steps.`;
    const all = `${count("passed")} of ${steps.length} steps passed`;
    return skipped > 0 ? `The audit is INCOMPLETE: ${all}.` : `The audit passed: all ${steps.length} steps.`;
  }
}

/** Whether an audit has shown all that it is for. What was skipped shows nothing. */
export function isPassed(steps: readonly AuditStep[]): boolean {
  return steps.every(({ state }) => state === "passed");
}
