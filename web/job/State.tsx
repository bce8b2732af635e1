import type { JobHistory } from "../../src/client/jobHistory.js";
import { timeText } from "../parts/words.js";
import type { Place } from "./forms.js";
import type { Reading } from "./reading.js";

type Words = readonly [kind: "good" | "open" | "bad", title: string, text: string];

/** What became of the job, in a word. It is green only if the visitor's own node has said so. */
export function State({
  reading: { history, wallet },
  place,
}: {
  reading: Reading;
  place: Place | undefined;
}) {
  const [kind, title, text] = wordsFor(history, place);
  const isGreen = kind === "good" && wallet !== undefined;
  const sign = { good: isGreen ? "✓" : "–", open: "…", bad: "!" }[kind];
  return (
    <section class={`state ${kind === "good" && !isGreen ? "told" : kind}`} role="status">
      <strong>
        <span class="sign" aria-hidden="true">
          {sign}
        </span>
        {title}
      </strong>
      <p>{text}</p>
      <p class="small">
        {wallet === undefined
          ? "As this service's node says, not checked here."
          : `As your wallet's node says (${wallet.slice(0, 50)}).`}
      </p>
    </section>
  );
}

function wordsFor({ status, job, latest, refunded }: JobHistory, place: Place | undefined): Words {
  switch (status) {
    case "none":
      return [
        "bad",
        "The escrow does not know this job",
        `It was not funded yet, or belongs to another escrow or another chain. This page has asked ${
          place === undefined
            ? "this service's escrow"
            : `the escrow ${place.escrow} on chain ${place.chainId}`
        }.`,
      ];
    case "fulfilled":
      return [
        "good",
        "Answered and paid",
        "The escrow has verified the proof of an answer, and paid for it.",
      ];
    case "refunded":
      return [
        "bad",
        "Refunded",
        refunded !== undefined && refunded.by === job?.provider
          ? "The provider has declined the job: its client has the payment back."
          : "There was no proven answer in time: the client has the payment back.",
      ];
    case "funded":
      if (job === undefined) return ["open", "Paid, and not answered yet", "The escrow holds the payment."];
      if (latest.time > job.fulfillBy)
        return [
          "bad",
          "Not answered in time",
          `The deadline was ${timeText(job.fulfillBy)}. The payment can go back to the client now.`,
        ];
      return [
        "open",
        "Paid, and waiting for a proven answer",
        `The escrow holds the payment. Without an answer by ${timeText(job.fulfillBy)}, the client can take it back.`,
      ];
  }
}
