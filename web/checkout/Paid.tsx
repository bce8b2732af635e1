import { useState } from "preact/hooks";
import type { Purchase } from "../../src/client/service/purchase.js";
import type { OfferedModel } from "../../src/client/service/serviceModel.js";
import { Answers } from "../parts/Answers.js";
import { Checked } from "./Checked.js";
import type { Listed } from "./listing.js";
import { paidStep } from "./order/paidStep.js";
import { answerOnChain } from "./order/onChain.js";
import { proofText } from "./order/proofText.js";
import { purchaseText } from "../parts/kept/purchaseText.js";
import type { Seen } from "./order/useChain.js";
import { useFollow } from "./order/useFollow.js";
import { NextStep } from "./parts/NextStep.js";
import { Save } from "./parts/Save.js";
import type { ReadAnswer } from "../parts/readAnswer.js";
import { Terms } from "../parts/Terms.js";
import { useBusy } from "./parts/useBusy.js";
import { Progress } from "./Progress.js";
import type { Wallets } from "../parts/wallet/useWallets.js";
import { amountText, timeText } from "../parts/words.js";

interface Properties {
  purchase: Purchase;
  model: OfferedModel | undefined;
  listed: Listed | undefined;
  wallets: Wallets;
  seen: Seen | undefined;
  /** Why the service cannot be asked. */
  problem: string | undefined;
  look: () => Promise<void>;
  onRetry: () => void;
  onClose: () => void;
}

/** An order that was paid: how far it is, its answer, and the way back of the payment. */
export function Paid({
  purchase,
  model,
  listed,
  wallets,
  seen,
  problem,
  look,
  onRetry,
  onClose,
}: Properties) {
  const [attempt, setAttempt] = useState(0);
  const followed = useFollow(purchase, model, attempt);
  const busy = useBusy();
  const { answer, isForged } = followed;
  const failure = answer === undefined ? (followed.failure ?? problem) : undefined;
  const again = () => {
    if (model === undefined) onRetry();
    setAttempt((known) => known + 1);
  };
  const step = paidStep({ purchase, followed: { ...followed, failure }, seen, wallets, busy, look, onClose });
  // Of a service that gives none that holds: the escrow has paid for another.
  const settled = failure !== undefined && model && seen && answerOnChain(model, seen.chain, purchase);
  const { job, jobId, service } = purchase;
  return (
    <>
      <h2>Your answer from {purchase.model}</h2>
      {failure === undefined && <Progress {...followed} seconds={listed?.seconds ?? undefined} />}
      {failure !== undefined && <Failure text={failure} isForged={isForged === true} />}
      {answer !== undefined && <Answers outputs={answer.outputs} by="Verified in this browser" />}
      {settled && <Settled read={settled} />}
      <NextStep step={step} isBusy={busy.isBusy} status={busy.status}>
        {answer?.state !== "final" && (
          <Terms
            terms={[
              ["Price", seen ? amountText(job.amount, seen.unit) : "shown when the wallet is connected"],
              ["Refund", `all of it, if there is no proven answer by ${timeText(job.fulfillBy)}`],
            ]}
          />
        )}
      </NextStep>
      <p class="tools">
        {failure !== undefined && (
          <button class="quiet" onClick={again}>
            Ask the service again
          </button>
        )}
        {answer === undefined && (
          <button class="quiet" onClick={onClose}>
            Start over
          </button>
        )}
        {answer !== undefined && (
          <Save name={`proof-${jobId}.json`} text={proofText(answer)}>
            Save the proof
          </Save>
        )}
        <Save name={`job-${jobId}.json`} text={purchaseText(purchase)}>
          Save the job's file
        </Save>
      </p>
      <p class="small">
        <a href={`${service.url}/jobs/${jobId}`}>Public page of this job</a>
      </p>
      {model !== undefined && (
        <Checked
          model={model}
          listed={listed}
          url={service.url}
          facts={{
            proof: answer !== undefined ? "yes" : isForged === true ? "failed" : "open",
            ...{ purchase, chain: seen?.chain },
          }}
        />
      )}
    </>
  );
}

/** The answer that the escrow has paid for, as far as it can be read. */
function Settled({ read }: { read: ReadAnswer | string }) {
  if (typeof read === "string")
    return <p class="problem">The answer that the escrow has paid for cannot be read here. {read}</p>;
  return <Answers outputs={read.outputs} by="Verified by the escrow, read from the chain" />;
}

function Failure({ text, isForged }: { text: string; isForged: boolean }) {
  if (!isForged)
    return (
      <p class="problem" role="alert">
        {text}
      </p>
    );
  return (
    <div class="forged" role="alert">
      <strong>✗ The service's answer does not verify. Do not use it.</strong>
      <p>{text}</p>
    </div>
  );
}
