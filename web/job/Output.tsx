import type { JobHistory } from "../../src/client/jobHistory.js";
import { Answers } from "../parts/Answers.js";
import { kept } from "../parts/kept/kept.js";
import { readAnswer } from "../parts/readAnswer.js";
import type { Looked } from "./useModel.js";

interface Properties {
  jobId: string;
  fulfilled: NonNullable<JobHistory["fulfilled"]>;
  model: Looked | undefined;
  /** Whether the visitor's own node has told it. */
  isOwnNode: boolean;
}

/** The answer that the escrow has paid for, as far as the visitor can read it. */
export function Output({ jobId, fulfilled: { outputWords }, model, isOwnNode }: Properties) {
  if (model === undefined) return <p class="status">Asking the service for the model's manifest…</p>;
  const read = model === "none" ? UNSOLD : readAnswer(model.manifest, outputWords, kept(jobId)?.input.salt);
  if (typeof read === "string")
    return (
      <section class="unread" aria-label="Answer">
        <p>{read}</p>
        <details>
          <summary>Words on the chain ({outputWords.length})</summary>
          <ol class="words">
            {outputWords.slice(0, MOST_WORDS).map((word, i) => (
              <li key={i}>
                <code>{String(word)}</code>
              </li>
            ))}
          </ol>
        </details>
      </section>
    );
  const by = isOwnNode ? "Verified by the escrow" : "Verified by the escrow, as this service's node says";
  const salt = read.isOpened ? ". Opened with your salt, which this browser keeps" : "";
  return <Answers outputs={read.outputs} by={by + salt} isChecked={isOwnNode} />;
}

/** Words that are shown at most. */
const MOST_WORDS = 64;

const UNSOLD =
  "This service does not sell the model of this job, so that this page has no manifest to read the answer with.";
