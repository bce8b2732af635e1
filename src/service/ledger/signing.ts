import { keccak256, type Signer } from "ethers";
import type { Fees } from "./fees.js";
import type { Account } from "./intents.js";
import type { Signed } from "./store.js";

/** What a transaction does, whatever its nonce and fees. */
export interface Action {
  readonly to: string | null;
  /** In wei. */
  readonly value: bigint;
  readonly data: string;
  readonly gasLimit: bigint;
}

/** Signs transactions of one account, and sends none. */
export class Signing {
  constructor(
    private readonly wallet: Signer,
    private readonly account: Account,
  ) {}

  /**
   * @param action what the transaction does
   * @param nonce its place
   * @param fees what it offers
   * @param createdBlock the latest block
   */
  async sign(action: Action, nonce: number, fees: Fees, createdBlock: number): Promise<Signed> {
    const { to, value, data, gasLimit } = action;
    const { maxFee, tip } = fees;
    const raw = await this.wallet.signTransaction({
      ...{ type: 2, chainId: this.account.chain, nonce, to, value, data, gasLimit },
      ...{ maxFeePerGas: maxFee, maxPriorityFeePerGas: tip },
    });
    return { hash: keccak256(raw), raw, maxFee, tip, createdBlock };
  }
}
