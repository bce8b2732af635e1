import type { Step } from "../parts/NextStep.js";
import type { Wallets } from "../../parts/wallet/useWallets.js";

/** Runs a step, and says what it does meanwhile. */
export type Run = (doing: string, work: () => Promise<void>) => Promise<void>;

/**
 * What is missing until the wallet can be used on a chain; undefined where nothing is.
 *
 * @param account that it has to be; any if it is not there
 */
export function walletStep(
  { chosen, connection, refresh }: Wallets,
  chainId: bigint,
  run: Run,
  account?: string,
): Step | undefined {
  if (chosen === undefined)
    return {
      label: "Connect a wallet",
      run: () =>
        run("", () =>
          Promise.reject(new Error("This browser has no wallet. Install one, and load this page again.")),
        ),
    };
  const connect = () =>
    run("Confirm in your wallet.", async () => {
      await chosen.connect();
      await refresh();
    });
  if (connection.account === undefined) return { label: `Connect ${chosen.name}`, run: connect };
  if (connection.chainId !== chainId)
    return {
      label: "Switch network",
      run: () =>
        run("Confirm in your wallet.", async () => {
          await chosen.switchTo(chainId);
          await refresh();
        }),
    };
  if (account === undefined || connection.account === account) return undefined;
  return {
    label: "Connect another account",
    run: () =>
      run("", async () => {
        await chosen.connect();
        await refresh();
        if ((await chosen.account()) !== account)
          throw new Error(`This order is of the account ${account}: choose it in your wallet.`);
      }),
  };
}
