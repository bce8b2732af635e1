import { JsonRpcProvider, Wallet as KeyWallet } from "ethers";
import { isLocalChain } from "../../../src/client/safeKey.js";
import type { Wallet } from "./wallet.js";

/** The key of the second account of every development node: it is public, and worth nothing. */
const KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

/**
 * A wallet for a look at the page, on chains for development alone. It asks nobody before it signs.
 *
 * @param node address of the chain's node, on this machine
 */
export function demoWallet(node: string): Wallet | undefined {
  if (!/^http:\/\/(127\.0\.0\.1|localhost):\d{1,5}\/?$/.test(node)) return undefined;
  const provider = new JsonRpcProvider(node, undefined, { cacheTimeout: -1 });
  const { address } = new KeyWallet(KEY);
  let isConnected = false;
  const chainId = async () => (await provider.getNetwork()).chainId;
  return {
    id: "demo",
    name: "Demo wallet",
    connect: async () => {
      if (!isLocalChain(await chainId())) throw new Error("The demo wallet is for local chains only.");
      isConnected = true;
    },
    account: async () => (isConnected ? address : undefined),
    chainId,
    switchTo: async () => {
      throw new Error("The demo wallet has one chain.");
    },
    reader: () => provider,
    signer: async () => new KeyWallet(KEY, provider),
    onChange: () => () => undefined,
  };
}
