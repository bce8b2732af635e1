import { useEffect, useState } from "preact/hooks";
import { isLocalChain } from "../../../src/client/safeKey.js";
import { discoverWallets } from "./browserWallet.js";
import type { Wallet } from "./wallet.js";

const CHOSEN = "torch2circom:wallet";

/** What the wallet shows now. */
export interface Connection {
  readonly account?: string;
  readonly chainId?: bigint;
}

/** The wallets of this browser, and the one that the buyer has chosen. */
export interface Wallets {
  readonly all: readonly Wallet[];
  readonly chosen?: Wallet;
  readonly connection: Connection;
  choose(id: string): void;
  /** Reads again what the wallet shows. */
  refresh(): Promise<void>;
}

/**
 * @param chainId of the service; undefined while it is not known
 * @param demo offered on local chains only
 */
export function useWallets(chainId: bigint | undefined, demo: Wallet | undefined): Wallets {
  const [found, setFound] = useState<readonly Wallet[]>([]);
  const [id, setId] = useState(() => localStorage.getItem(CHOSEN) ?? undefined);
  const [connection, setConnection] = useState<Connection>({});
  useEffect(
    () =>
      discoverWallets((wallet) =>
        setFound((known) => (known.some((one) => one.id === wallet.id) ? known : [...known, wallet])),
      ),
    [],
  );
  const isDemo = demo !== undefined && chainId !== undefined && isLocalChain(chainId);
  const all = isDemo ? [...found, demo] : found;
  const chosen = all.find((one) => one.id === id) ?? all.at(0);
  const refresh = async () => setConnection(chosen === undefined ? {} : await connectionOf(chosen));
  useEffect(() => {
    void refresh();
    return chosen?.onChange(() => void refresh());
  }, [chosen]);
  const choose = (next: string) => {
    localStorage.setItem(CHOSEN, next);
    setId(next);
  };
  return { all, chosen, connection, choose, refresh };
}

async function connectionOf(wallet: Wallet): Promise<Connection> {
  try {
    return { account: await wallet.account(), chainId: await wallet.chainId() };
  } catch {
    return {}; // It is asked again when the buyer connects.
  }
}
