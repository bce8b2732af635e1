import type { Purchase } from "../../../src/client/service/purchase.js";
import type { Step } from "../parts/NextStep.js";
import type { Wallets } from "../../parts/wallet/useWallets.js";
import { walletStep, type Run } from "../wallet/walletStep.js";
import { amountText, timeText } from "../../parts/words.js";
import { contractsOf, isRefundable, takeBack } from "./onChain.js";
import type { Seen } from "./useChain.js";
import type { Followed } from "./useFollow.js";

interface Situation {
  purchase: Purchase;
  followed: Followed;
  seen: Seen | undefined;
  wallets: Wallets;
  busy: { readonly run: Run };
  look: () => Promise<void>;
  onClose: () => void;
}

/** What the buyer does next with an order that was paid. */
export function paidStep({ purchase, followed, seen, wallets, busy, look, onClose }: Situation): Step {
  const { answer, failure } = followed;
  const another: Step = { label: "Ask something else", run: async () => onClose() };
  if (answer !== undefined) return another;
  const isDue = seen !== undefined && isRefundable(seen.chain, purchase);
  if (failure === undefined && !isDue) return { label: "Waiting for the answer…" };
  const step = walletStep(wallets, purchase.chainId, busy.run);
  if (step !== undefined) return step;
  if (seen === undefined) return { label: "Reading the chain…" };
  const { status, balance } = seen.chain;
  const amount = amountText(purchase.job.amount, seen.unit);
  if (isDue || (status === "refunded" && balance > 0n))
    return {
      label: `Get ${amount} back`,
      run: () =>
        busy.run("Confirm in your wallet.", async () => {
          const signer = await wallets.chosen!.signer();
          await takeBack(await contractsOf(signer, purchase), signer, purchase);
          await look();
        }),
    };
  if (status === "funded") return { label: `Get ${amount} back after ${timeText(purchase.job.fulfillBy)}` };
  return another;
}
