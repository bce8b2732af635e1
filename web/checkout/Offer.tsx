import { ZeroAddress } from "ethers";
import { useState } from "preact/hooks";
import type { PaidBy } from "../../src/client/service/payPurchase.js";
import type { Purchase } from "../../src/client/service/purchase.js";
import type { OfferedModel } from "../../src/client/service/serviceModel.js";
import { Checked } from "./Checked.js";
import type { Listed } from "./listing.js";
import { pay } from "./order/pay.js";
import type { Seen } from "./order/useChain.js";
import { NextStep, type Step } from "./parts/NextStep.js";
import { Save } from "./parts/Save.js";
import { Terms } from "../parts/Terms.js";
import { useBusy } from "./parts/useBusy.js";
import { purchaseText } from "../parts/kept/purchaseText.js";
import type { Wallets } from "../parts/wallet/useWallets.js";
import { WalletChoice } from "./wallet/WalletChoice.js";
import { walletStep } from "./wallet/walletStep.js";
import { amountText, timeText } from "../parts/words.js";

interface Properties {
  purchase: Purchase;
  model: OfferedModel | undefined;
  listed: Listed | undefined;
  wallets: Wallets;
  seen: Seen | undefined;
  /** Whether it is known that the order is not paid. */
  isReady: boolean;
  onPaid: () => void;
  onClose: () => void;
}

/** An offer that the provider has signed: price, deadline and refund, and the button that pays. */
export function Offer({ purchase, model, listed, wallets, seen, isReady, onPaid, onClose }: Properties) {
  const { job, service } = purchase;
  const [by, setBy] = useState<PaidBy>(job.token === ZeroAddress ? "transaction" : "signature");
  const { isBusy, status, run } = useBusy();
  const price = seen && amountText(job.amount, seen.unit);
  const payNow = () =>
    run("Confirm in your wallet.", async () => {
      await pay(await wallets.chosen!.signer(), purchase, by);
      onPaid();
    });
  const step: Step = walletStep(wallets, purchase.chainId, run, job.client) ?? {
    label: price === undefined ? "Reading the price…" : `Pay ${price}`,
    run: isReady && price !== undefined ? payNow : undefined,
  };
  return (
    <>
      <h2>Your offer from {purchase.model}</h2>
      {job.token !== ZeroAddress && service.oneStep !== true && (
        <fieldset class="choices">
          <legend>How you pay</legend>
          {(["signature", "transaction"] as const).map((one) => (
            <label key={one}>
              <input type="radio" name="by" checked={by === one} onChange={() => setBy(one)} />
              {one === "signature" ? "Sign: the provider pays the gas" : "Send it: you pay the gas"}
            </label>
          ))}
        </fieldset>
      )}
      <WalletChoice wallets={wallets} />
      <NextStep step={step} isBusy={isBusy} status={status}>
        <Terms
          terms={[
            ["Price", price ?? "shown when the wallet is connected"],
            ["Answer", `by ${timeText(job.fulfillBy)}`],
            [
              "Refund",
              service.oneStep === true
                ? "nothing is locked: the provider is paid when your answer is final"
                : "all of it, if there is no proven answer by then",
            ],
            ["Offer", `valid until ${timeText(job.fundBy)}`],
          ]}
        />
      </NextStep>
      <p class="tools">
        <button class="quiet" disabled={isBusy} onClick={onClose}>
          Change the input
        </button>
        <Save name={`job-${purchase.jobId}.json`} text={purchaseText(purchase)}>
          Save the job's file
        </Save>
      </p>
      {model !== undefined && (
        <Checked
          model={model}
          listed={listed}
          url={service.url}
          facts={{ proof: "open", purchase, chain: seen?.chain }}
        />
      )}
    </>
  );
}
