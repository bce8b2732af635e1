import { firstFees, type Fees } from "./fees.js";
import type { Guard } from "./guard.js";
import type { Account } from "./intents.js";
import type { Look, Node } from "./node.js";
import type { Options } from "./options.js";
import type { Signing } from "./signing.js";
import type { Store, Waiting } from "./store.js";

/** Gives nonces to intents. */
export class Beginning {
  constructor(
    private readonly account: Account,
    private readonly node: Node,
    private readonly store: Store,
    private readonly signing: Signing,
    private readonly guard: Guard,
    private readonly options: Options,
  ) {}

  /** Sends the intents that wait, as far as price and room allow. */
  async begin(look: Look): Promise<void> {
    const { mostFee, mostOpen, maxGasPrice } = this.options;
    const fees = firstFees(look, mostFee);
    if (fees === undefined) return;
    const isExpensive = look.baseFee + look.tip > maxGasPrice;
    const open = (await this.store.slots()).filter(({ minedHash }) => minedHash === undefined);
    // The chain has used a nonce, and no receipt shows it: the node is late, or somebody else uses the account.
    if (open.some(({ nonce }) => nonce < look.nonce)) return;
    let room = mostOpen - open.length;
    for (const intent of await this.store.waiting()) {
      if (room <= 0) return;
      if (isExpensive && !intent.isUrgent) continue;
      if (await this.guard.run(() => this.send(intent, fees, look), { intent: intent.id })) room--;
    }
  }

  /** @returns whether the intent has taken a nonce */
  private async send(intent: Waiting, fees: Fees, { head }: Look): Promise<boolean> {
    const { id, to, value, data } = intent;
    const gas = await this.node.estimate({ from: this.account.address, to, value, data });
    if (typeof gas === "string") {
      await this.store.fail(id, gas);
      this.options.log({ intent: id }, "failed: it would revert");
      return false;
    }
    // A state that changes until then may cost more.
    const action = { to, value, data, gasLimit: (gas * 5n) / 4n };
    const { raw } = await this.store.take(id, (nonce) => this.signing.sign(action, nonce, fees, head));
    await this.guard.run(() => this.node.broadcast(raw), { intent: id });
    return true;
  }
}
