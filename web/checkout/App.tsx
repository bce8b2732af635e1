import { useEffect, useState } from "preact/hooks";
import type { Purchase } from "../../src/client/service/purchase.js";
import { Ask } from "./Ask.js";
import { Earlier } from "./Earlier.js";
import { listModels, type Listed } from "./listing.js";
import { Order } from "./Order.js";
import { current, keep, leave } from "../parts/kept/kept.js";
import { useWallets } from "../parts/wallet/useWallets.js";
import type { Wallet } from "../parts/wallet/wallet.js";
import { wordsOf } from "../parts/words.js";

interface Properties {
  /** Of the service. */
  url: string;
  /** A wallet for local chains. */
  demo: Wallet | undefined;
}

/** An order that is open here. */
interface Open {
  readonly purchase: Purchase;
  /** Whether it was ordered just now, so that nothing of it is paid. */
  readonly isNew: boolean;
}

export function App({ url, demo }: Properties) {
  const [models, setModels] = useState<readonly Listed[]>();
  const [problem, setProblem] = useState<string>();
  const [open, setOpen] = useState<Open | undefined>(() => {
    const purchase = current();
    return purchase && { purchase, isNew: false };
  });
  const load = () => {
    setProblem(undefined);
    listModels(url).then(setModels, (error: unknown) => setProblem(wordsOf(error)));
  };
  useEffect(load, [url]);
  const wallets = useWallets(open?.purchase.chainId ?? models?.at(0)?.chainId, demo);
  const show = (purchase: Purchase, isNew: boolean) => {
    keep(purchase);
    setOpen({ purchase, isNew });
  };
  const close = () => {
    leave();
    setOpen(undefined);
  };
  return (
    <main>
      <header>
        <h1>Buy a proven answer</h1>
        <p>
          A model answers your input, and a proof shows that it was this very model. Your browser checks the
          proof. Without an answer that holds, your payment comes back.
        </p>
      </header>
      <article class="card">
        {open !== undefined ? (
          <Order
            key={open.purchase.jobId}
            {...open}
            listed={models?.find(({ id }) => id === open.purchase.job.modelId)}
            wallets={wallets}
            onClose={close}
          />
        ) : models !== undefined && models.length > 0 ? (
          <Ask url={url} models={models} wallets={wallets} onOrder={(purchase) => show(purchase, true)} />
        ) : (
          <section class="next">
            <p class="status" role="status">
              {problem ?? (models === undefined ? "Asking the service…" : "This service sells no model now.")}
            </p>
            {problem !== undefined && (
              <button class="primary" onClick={load}>
                Try again
              </button>
            )}
          </section>
        )}
      </article>
      <Earlier url={url} openId={open?.purchase.jobId} onOpen={(purchase) => show(purchase, false)} />
      <footer class="small">
        Service: <code>{url}</code>
      </footer>
    </main>
  );
}
