import type { JobEvent } from "../events/jobEvents.js";
import type { JobRow } from "../jobs/row.js";
import type { JobEventOut, JobOut } from "./schemas.js";

/** Seconds after which a client asks again for a job that is under way. */
export const POLL_SECONDS = 2;

/** What the client of a job is told of it. */
export function stateOf({ id, state, payment, reason, settledTransaction, answer }: JobRow): JobOut {
  return {
    jobId: id,
    state,
    ...(reason !== null && { reason }),
    ...(settledTransaction !== null && { transaction: settledTransaction }),
    ...(mayBeShown({ state, payment }) &&
      answer !== null && {
        answer: {
          ...answer,
          publicSignals: [...answer.publicSignals],
          words: [...answer.words],
          pipeline: answer.pipeline && {
            proofs: [...answer.pipeline.proofs],
            edges: [...answer.pipeline.edges],
          },
        },
      }),
  };
}

/** What the client of a job is told of one state that it came to. */
export function eventOf({ job, state, reason, at, payment, current, isProven }: JobEvent): JobEventOut {
  return {
    jobId: job,
    state,
    at: at.toISOString(),
    ...(reason !== null && { reason }),
    hasAnswer: isProven && mayBeShown({ state: current, payment }),
  };
}

/** Whether the answer is shown: a client that has locked nothing could take its payment back when it knows it. */
function mayBeShown({ state, payment }: Pick<JobRow, "state" | "payment">): boolean {
  return payment !== "one step" || state === "final";
}
