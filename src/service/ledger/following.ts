import { Transaction, type TransactionReceipt } from "ethers";
import { higherFees } from "./fees.js";
import type { Guard } from "./guard.js";
import type { Look, Node } from "./node.js";
import type { Options } from "./options.js";
import type { Signing } from "./signing.js";
import type { Slot, Store } from "./store.js";

/** A slot, and what the node says of its transactions: null if none is mined, undefined if it did not tell. */
export interface Found {
  readonly slot: Slot;
  readonly receipt: TransactionReceipt | null | undefined;
}

/** Takes slots from their first transaction to the end. */
export class Following {
  constructor(
    private readonly node: Node,
    private readonly store: Store,
    private readonly signing: Signing,
    private readonly guard: Guard,
    private readonly options: Options,
  ) {}

  /** Asks for the receipts of slots. */
  async find(slots: readonly Slot[]): Promise<Found[]> {
    return Promise.all(
      slots.map(async (slot) => {
        const hashes = slot.transactions.map(({ hash }) => hash);
        return { slot, receipt: await this.guard.run(() => this.node.receipt(hashes), slot) };
      }),
    );
  }

  /** Takes slots as far as they go. */
  async follow(found: readonly Found[], look: Look): Promise<void> {
    for (const { slot, receipt } of found)
      if (receipt !== undefined) await this.guard.run(() => this.step(slot, receipt, look), slot);
  }

  private async step(slot: Slot, receipt: TransactionReceipt | null, look: Look): Promise<void> {
    if (slot.minedHash !== undefined && slot.minedHash === receipt?.blockHash)
      return this.finish(slot, receipt, look);
    if (slot.minedHash !== undefined) {
      await this.store.reopen(slot);
      this.tell(slot, "open again: its block is gone");
    }
    if (receipt === null) return this.sendAgain(slot, look);
    await this.store.mined(slot, receipt, await this.failureOf(receipt));
    this.tell(slot, receipt.status === 0 ? "mined, and reverted" : "mined");
  }

  private async finish(slot: Slot, receipt: TransactionReceipt, { head }: Look): Promise<void> {
    const { blockNumber, blockHash } = receipt;
    if (head < blockNumber + this.options.confirmations) return;
    if (!(await this.node.hasBlock(blockNumber, blockHash))) return;
    await this.store.finish(slot, await this.failureOf(receipt));
    this.tell(slot, "final");
  }

  private async failureOf(receipt: TransactionReceipt): Promise<string | undefined> {
    return receipt.status === 0 ? this.node.reason(receipt) : undefined;
  }

  /** Sends the newest transaction of a slot again, or a replacement of it. */
  private async sendAgain(slot: Slot, look: Look): Promise<void> {
    const { patience, mostFee } = this.options;
    const [newest] = slot.transactions;
    const isStuck = slot.nonce === look.nonce && look.head >= newest.createdBlock + patience;
    const isTooCheap = look.baseFee > newest.maxFee;
    const fees = isStuck || isTooCheap ? higherFees(newest, look, mostFee) : undefined;
    if (fees === undefined) return this.node.broadcast(newest.raw);
    const same = Transaction.from(newest.raw);
    const replacement = await this.signing.sign(same, slot.nonce, fees, look.head);
    await this.store.replace(slot, replacement);
    this.tell(slot, "replaced by a transaction with higher fees");
    await this.node.broadcast(replacement.raw);
  }

  private tell({ intent, nonce }: Slot, message: string): void {
    this.options.log({ intent, nonce }, message);
  }
}
