import { useEffect, useState } from "preact/hooks";
import type { Wallets } from "../parts/wallet/useWallets.js";
import type { Wallet } from "../parts/wallet/wallet.js";
import { walletOn } from "../parts/wallet/walletOn.js";

/** The wallet whose node is asked: the visitor's choice, or any other that is on the job's chain. */
export function useReader({ all, chosen }: Wallets, chainId: bigint | undefined): Wallet | undefined {
  const [reader, setReader] = useState<Wallet>();
  useEffect(() => {
    if (chainId === undefined) return undefined;
    let isWanted = true;
    const look = async () => {
      const found = await walletOn(chosen === undefined ? all : [chosen, ...all], chainId);
      if (isWanted) setReader(found);
    };
    void look();
    const ends = all.map((one) => one.onChange(() => void look()));
    return () => {
      isWanted = false;
      for (const end of ends) end();
    };
  }, [all, chosen, chainId]);
  return reader;
}
