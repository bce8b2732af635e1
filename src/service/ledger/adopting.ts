import type { Account } from "./intents.js";
import type { Node } from "./node.js";
import type { Options } from "./options.js";
import { waitsStill } from "./refusals.js";
import type { Store } from "./store.js";

/**
 * Takes an account's nonce from the chain, where the tables are older than the account's last transaction: they are of a backup.
 * Intents whose nonces were used by transactions that the tables do not know wait again. What became of them the chain tells
 * when they are estimated: all of the service's are refused a second time, so that one that has happened would revert, and is
 * not sent.
 *
 * @throws Torch2CircomError TRANSACTION_PENDING while transactions of the account wait, or are not final: what the tables do not
 *   know could still change
 */
export async function adoptNonce(
  node: Node,
  store: Store,
  { address }: Account,
  { confirmations, log }: Pick<Options, "confirmations" | "log">,
): Promise<void> {
  const { nonce, finalNonce } = await node.look(address, confirmations);
  const next = (await store.nextNonce())!;
  const used = (await store.slots()).filter((slot) => slot.nonce < nonce);
  const receipts = await Promise.all(
    used.map(({ transactions }) => node.receipt(transactions.map(({ hash }) => hash))),
  );
  const lost = used.filter((_, i) => receipts[i] === null);
  if (nonce <= next && lost.length === 0) return;
  if ((await node.pendingNonce(address)) !== nonce || finalNonce !== nonce) throw waitsStill(address);
  for (const slot of lost) await store.release(slot);
  if (nonce > next) await store.adopt(nonce);
  log({ nonce, unknown: Math.max(0, nonce - next), waiting: lost.length }, "The nonce is the chain's");
}
