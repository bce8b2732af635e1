import type { Wallet } from "./wallet.js";

/**
 * The first of some wallets that is on a chain. None is asked for an account.
 *
 * @param wallets the preferred one first
 * @returns undefined where none is; a wallet that does not say its chain is on none
 */
export async function walletOn<One extends Pick<Wallet, "chainId">>(
  wallets: readonly One[],
  chainId: bigint,
): Promise<One | undefined> {
  const chains = await Promise.all(wallets.map((one) => one.chainId().catch(() => undefined)));
  return wallets.find((_, i) => chains[i] === chainId);
}
