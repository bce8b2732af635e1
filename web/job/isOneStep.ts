import type { JobHistory } from "../../src/client/jobHistory.js";

/** Whether one transaction has paid for a job and settled it. */
export function isOneStep({ requested, fulfilled }: Pick<JobHistory, "requested" | "fulfilled">): boolean {
  return requested !== undefined && requested.transaction === fulfilled?.transaction;
}
