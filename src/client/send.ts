import { explainRefusal } from "./errors.js";

/** A mined transaction. */
export interface Receipt {
  readonly transaction: string;
  readonly gasUsed: bigint;
}

/** What ethers returns for a transaction that was sent. */
export interface Sent {
  readonly hash: string;
  wait(): Promise<{ readonly gasUsed: bigint } | null>;
}

/** Sends a transaction, waits for it, and explains a refusal by a contract. */
export async function send(call: () => Promise<Sent>): Promise<Receipt> {
  return explainRefusal(async () => {
    const sent = await call();
    const mined = await sent.wait();
    return { transaction: sent.hash, gasUsed: mined?.gasUsed ?? 0n };
  });
}
