import { useEffect, useState } from "preact/hooks";
import { ask } from "../../src/client/service/ask.js";
import { jobForm } from "../../src/client/service/forms.js";
import type { Purchase } from "../../src/client/service/purchase.js";
import { fittingModel } from "../../src/client/service/fittingModel.js";
import type { OfferedModel } from "../../src/client/service/serviceModel.js";
import type { Listed } from "./listing.js";
import { Offer } from "./Offer.js";
import { Paid } from "./Paid.js";
import { useChain } from "./order/useChain.js";
import type { Wallets } from "../parts/wallet/useWallets.js";
import { wordsOf } from "../parts/words.js";

interface Properties {
  purchase: Purchase;
  isNew: boolean;
  listed: Listed | undefined;
  wallets: Wallets;
  onClose: () => void;
}

/** States in which nothing was given for a job. */
const UNPAID = ["quoted", "expired", "declined"];

/** An order: to be paid, or paid and followed to its end. */
export function Order({ purchase, isNew, listed, wallets, onClose }: Properties) {
  const [model, setModel] = useState<OfferedModel>();
  const [isPaid, setPaid] = useState<boolean | undefined>(isNew ? false : undefined);
  const [problem, setProblem] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  const { seen, look } = useChain(purchase, wallets);
  const { jobId, service, job } = purchase;
  useEffect(() => {
    let isWanted = true;
    setProblem(undefined);
    const begin = async () => {
      const found = await fittingModel(service.url, job.modelId);
      const state = isNew
        ? "quoted"
        : (await ask(service.url, `/jobs/${jobId}`, jobForm, { ticket: service.ticket })).state;
      if (!isWanted) return;
      setModel(found);
      if (!UNPAID.includes(state)) setPaid(true);
      else setPaid((known) => known ?? false);
    };
    begin().catch((error: unknown) => isWanted && setProblem(wordsOf(error)));
    return () => void (isWanted = false);
  }, [purchase, attempt]);
  // The chain knows of a payment before the service does, and without it.
  const isOnChain = seen !== undefined && seen.chain.status !== "none";
  const parts = { purchase, model, listed, wallets, seen, onClose };
  return isPaid === true || isOnChain || (isPaid === undefined && problem !== undefined) ? (
    <Paid {...parts} problem={problem} look={look} onRetry={() => setAttempt((known) => known + 1)} />
  ) : (
    <Offer {...parts} isReady={isPaid === false && model !== undefined} onPaid={() => setPaid(true)} />
  );
}
