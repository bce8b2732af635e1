import type { Provider } from "ethers";
import type { Outgoing } from "./waiting.js";

/** Whether a transaction was sent and can still be mined: the node knows it, or something of its nonce. */
export async function transactionIsWaiting(
  provider: Provider,
  { hash, from, nonce }: Outgoing,
): Promise<boolean> {
  if ((await provider.getTransactionCount(from, "latest")) > nonce) return false;
  if (hash !== undefined) return (await provider.getTransaction(hash)) !== null;
  return (await provider.getTransactionCount(from, "pending")) > nonce;
}
