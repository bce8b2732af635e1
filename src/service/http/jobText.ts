import type { JobRow } from "../jobs/row.js";
import type { JobOut } from "./schemas.js";

/** Seconds after which a client asks again for a job that is under way. */
export const POLL_SECONDS = 2;

/** What the client of a job is told of it. */
export function stateOf({ id, state, payment, reason, settledTransaction, answer }: JobRow): JobOut {
  // A client that has locked nothing could take its payment back when it knows the answer.
  const isShown = payment !== "one step" || state === "final";
  return {
    jobId: id,
    state,
    ...(reason !== null && { reason }),
    ...(settledTransaction !== null && { transaction: settledTransaction }),
    ...(isShown &&
      answer !== null && {
        answer: { ...answer, publicSignals: [...answer.publicSignals], words: [...answer.words] },
      }),
  };
}
