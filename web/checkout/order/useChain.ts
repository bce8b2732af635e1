import { useEffect, useState } from "preact/hooks";
import type { Purchase } from "../../../src/client/service/purchase.js";
import type { Wallets } from "../../parts/wallet/useWallets.js";
import { contractsOf, lookUp, type OnChain } from "./onChain.js";
import { tokenUnit } from "./units.js";
import type { Unit } from "../../parts/words.js";

/** Milliseconds between two looks at the chain. */
const INTERVAL = 4000;

/** What the wallet's node says; undefined where there is no wallet on the job's chain. */
export interface Seen {
  readonly chain: OnChain;
  /** How the job's token is written. */
  readonly unit: Unit;
}

/** Looks at a purchase on the chain again and again. @returns what was seen last, and what looks at once */
export function useChain(purchase: Purchase, { chosen, connection }: Wallets) {
  const [seen, setSeen] = useState<Seen>();
  const isReady =
    chosen !== undefined && connection.account !== undefined && connection.chainId === purchase.chainId;
  const look = async () => {
    if (!isReady) return;
    const signer = await chosen.signer();
    const contracts = await contractsOf(signer, purchase);
    const unit = await tokenUnit(signer, purchase.job.token);
    setSeen({ chain: await lookUp(contracts, purchase), unit });
  };
  useEffect(() => {
    if (!isReady) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let isWanted = true;
    const again = async () => {
      await look().catch(() => undefined); // The next look may succeed; what is paid for asks by itself.
      if (isWanted) timer = setTimeout(() => void again(), INTERVAL);
    };
    void again();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [purchase, chosen, isReady]);
  return { seen: isReady ? seen : undefined, look };
}
