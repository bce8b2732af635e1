import { BrowserProvider, getAddress, toQuantity, type Eip1193Provider } from "ethers";
import type { Wallet } from "./wallet.js";

/** What a wallet says of itself (EIP-6963). */
export interface Announced {
  readonly info: { readonly rdns: string; readonly name: string; readonly icon: string };
  readonly provider: Eip1193Provider & {
    on?(event: string, listener: () => void): void;
    removeListener?(event: string, listener: () => void): void;
  };
}

const EVENTS = ["accountsChanged", "chainChanged"];

/** How wallets say that they do not know a chain. */
const UNKNOWN_CHAIN = 4902;

export function browserWallet({ info, provider }: Announced): Wallet {
  // A provider of ethers refuses another chain than its first one: each step takes a new one.
  const reader = () => new BrowserProvider(provider, undefined, { cacheTimeout: -1 });
  return {
    id: info.rdns,
    name: info.name,
    // A picture from elsewhere would tell others who is here.
    ...(info.icon.startsWith("data:image/") && { icon: info.icon }),
    connect: async () => {
      await provider.request({ method: "eth_requestAccounts" });
    },
    account: async () => {
      const [first] = (await provider.request({ method: "eth_accounts" })) as string[];
      return first === undefined ? undefined : getAddress(first);
    },
    chainId: async () => BigInt((await provider.request({ method: "eth_chainId" })) as string),
    switchTo: async (chainId) => {
      const params = [{ chainId: toQuantity(chainId) }];
      await provider.request({ method: "wallet_switchEthereumChain", params }).catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== UNKNOWN_CHAIN) throw error;
        throw new Error(`The wallet does not know chain ${chainId}: add that network to it, and try again.`);
      });
    },
    signer: () => reader().getSigner(),
    reader,
    onChange: (changed) => {
      for (const event of EVENTS) provider.on?.(event, changed);
      return () => EVENTS.forEach((event) => provider.removeListener?.(event, changed));
    },
  };
}

/** Tells of each wallet of this browser (EIP-6963). @returns what ends that */
export function discoverWallets(found: (wallet: Wallet) => void): () => void {
  const listen = ({ detail }: CustomEvent<Announced>) => found(browserWallet(detail));
  window.addEventListener("eip6963:announceProvider", listen as EventListener);
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  return () => window.removeEventListener("eip6963:announceProvider", listen as EventListener);
}
