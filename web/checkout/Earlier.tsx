import { useState } from "preact/hooks";
import { deliverInput, type FundedJob } from "../../src/client/service/deliverInput.js";
import type { Purchase } from "../../src/client/service/purchase.js";
import { allKept, forget } from "../parts/kept/kept.js";
import { purchaseOfText } from "../parts/kept/purchaseText.js";
import { useBusy } from "./parts/useBusy.js";
import { shortText } from "../parts/words.js";

interface Properties {
  url: string;
  /** The order that is shown above. */
  openId: string | undefined;
  onOpen: (purchase: Purchase) => void;
}

/** Bytes of a job's file at most. */
const MOST_BYTES = 2 ** 26;

/** Other orders of this browser, and those of another one by their file. */
export function Earlier({ url, openId, onOpen }: Properties) {
  const { isBusy, status, run } = useBusy();
  const [, setForgotten] = useState("");
  const kept = allKept().filter(({ jobId }) => jobId !== openId);
  const read = (file: File | undefined) =>
    run("Reading the file…", async () => {
      if (file === undefined) return;
      if (file.size > MOST_BYTES) throw new Error("This file is too large for a job's.");
      onOpen(await whole(url, purchaseOfText(await file.text())));
    });
  return (
    <details class="earlier">
      <summary>Earlier orders{kept.length > 0 && ` (${kept.length})`}</summary>
      <ul>
        {kept.map((purchase) => (
          <li key={purchase.jobId}>
            <span>
              {purchase.model}, job <code title={purchase.jobId}>{shortText(purchase.jobId)}</code>
            </span>
            <button class="quiet" onClick={() => onOpen(purchase)}>
              Open
            </button>
            <button
              class="quiet"
              onClick={() => {
                if (!confirm("Without its file, answer and refund of this order are lost. Forget it?"))
                  return;
                forget(purchase.jobId);
                setForgotten(purchase.jobId);
              }}
            >
              Forget
            </button>
          </li>
        ))}
      </ul>
      <label class="button quiet">
        Go on with a job's file
        <input
          type="file"
          accept=".json,application/json"
          disabled={isBusy}
          onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
        />
      </label>
      <p class="status" role="status">
        {status}
      </p>
    </details>
  );
}

/** Of a job that the service was never told of. */
const NO_TICKET = "0".repeat(64);

/** A job that was funded without a quote gets its input to the service; where that is too late, it can be refunded still. */
async function whole(url: string, job: Purchase | FundedJob): Promise<Purchase> {
  if ("service" in job && job.service !== undefined) return job;
  const isOver = Number(job.job.fulfillBy) < Date.now() / 1000;
  return isOver ? { ...job, service: { url, ticket: NO_TICKET } } : deliverInput(url, job, { timeout: 30 });
}
