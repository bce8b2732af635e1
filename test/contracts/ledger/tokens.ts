import { ZeroAddress } from "ethers";
import { type Job, type Message, permitMessage, type Reason, type Signature, textOf } from "./calls.js";
import type { Store } from "./store.js";
import { type Habit, refuse, type World } from "./world.js";

const MAX = 2n ** 256n - 1n;

/** Tokens by their own habits, see contracts/test: what the escrow meets when it moves them. The native one is at 0. */
export class Tokens {
  constructor(
    private readonly store: Store,
    private readonly world: World,
    private readonly clock: () => bigint,
    /** Lets a puppet do as it was told. */
    private readonly perform: (puppet: string) => void,
  ) {}

  habitOf(token: string): Habit | undefined {
    return this.world.tokens.get(token);
  }

  holding(token: string, account: string): bigint {
    return this.store.get("holding", token, account);
  }

  /** `transferFrom` by the escrow, through SafeERC20. */
  pull(token: string, from: string, amount: bigint): void {
    const habit = this.habitOf(token);
    const allowance = this.store.get("allowance", token, from);
    if (allowance < amount) {
      if (habit === "lying") refuse({ name: "SafeERC20FailedOperation", args: [token] });
      if (habit === "strict") refuse({ name: "TooLittle", args: [] });
      const args = [this.world.escrow, allowance, amount];
      refuse({ name: "ERC20InsufficientAllowance", args });
    }
    if (allowance !== MAX) this.store.set(allowance - amount, "allowance", token, from);
    this.move(token, from, this.world.escrow, amount);
  }

  /** `transfer`, by the escrow or by a holder. */
  move(token: string, from: string, to: string, amount: bigint): void {
    const habit = this.habitOf(token);
    // It tells every sender with code, and only puppets know what to do then.
    if (habit === "hook") this.tell(from);
    if (habit === "strict") {
      for (const account of [from, to])
        if (this.store.get("blocked", token, account) === 1n) refuse({ name: "Blocked", args: [account] });
    }
    const balance = this.holding(token, from);
    if (balance < amount) {
      if (habit === "lying") refuse({ name: "SafeERC20FailedOperation", args: [token] });
      if (habit === "strict") refuse({ name: "TooLittle", args: [] });
      // A fee is taken first, and may be the part that is missing.
      refuse({
        name: "ERC20InsufficientBalance",
        args: habit === "fee" ? undefined : [from, balance, amount],
      });
    }
    this.store.add(-amount, "holding", token, from);
    this.store.add(amount - this.feeOf(token, amount), "holding", token, to);
  }

  private feeOf(token: string, amount: bigint): bigint {
    const habit = this.habitOf(token);
    if (habit === "fee") return amount / 100n;
    return habit === "strict" ? (amount * this.store.get("percent", token)) / 100n : 0n;
  }

  private tell(account: string): void {
    if (this.world.puppets.has(account)) this.perform(account);
    else if (this.world.contracts.has(account)) refuse({ name: "" });
  }

  /** Native tokens leave the escrow. */
  pay(to: string, amount: bigint): void {
    this.move(ZeroAddress, this.world.escrow, to, amount);
    if (!this.world.puppets.has(to)) {
      if (this.world.contracts.has(to)) refuse({ name: "FailedCall", args: [] });
      return;
    }
    try {
      this.perform(to);
    } catch (error) {
      // What reverts without a reason gets OpenZeppelin's.
      const reasons = (error as { reasons?: Reason[] }).reasons;
      if (reasons?.[0]?.name !== "") throw error;
      refuse({ name: "FailedCall", args: [] });
    }
  }

  /** `receiveWithAuthorization` by the escrow; with `bytes`, in the form that smart accounts can sign. */
  authorized(
    signature: Signature | undefined,
    expected: Message & { kind: "receive" },
    bytes: boolean,
  ): void {
    const { token, from, value, validAfter, validBefore, nonce, jobId } = expected;
    const habit = this.habitOf(token);
    if (habit === "accepting") return;
    if (habit !== "authorizing") return refuse({ name: "" });
    const signed = bytes ? this.isSigned(from, signature, expected) : isBy(from, signature, expected);
    if (!signed) refuse({ name: "ERC3009InvalidSignature", args: [] });
    if (this.clock() <= validAfter || this.clock() >= validBefore)
      refuse({ name: "ERC3009InvalidAuthorizationTime", args: [validAfter, validBefore] });
    this.use(token, from, nonce, jobId);
    this.move(token, from, this.world.escrow, value);
  }

  /** `cancelAuthorization`, sent by anyone. */
  cancel(signature: Signature, expected: Message & { kind: "cancel" }): void {
    const { token, from, nonce, jobId } = expected;
    if (this.habitOf(token) === "accepting" || !this.world.contracts.has(token)) return;
    if (this.habitOf(token) !== "authorizing") refuse({ name: "" });
    if (!isBy(from, signature, expected)) refuse({ name: "ERC3009InvalidSignature", args: [] });
    this.use(token, from, nonce, jobId);
  }

  private use(token: string, from: string, nonce: string, jobId: string): void {
    const name = ["authorization", token, from, nonce, jobId];
    if (this.store.get(...name) === 1n) refuse({ name: "ERC3009UsedAuthorization" });
    this.store.set(1n, ...name);
  }

  /** EIP-2612, if it is good; if not, nothing happens. */
  tryPermit(signature: Signature | undefined, job: Job, deadline: bigint): void {
    const { token, client, amount } = job;
    if (this.habitOf(token) !== "authorizing" || this.clock() > deadline) return;
    const nonce = this.store.get("nonce", token, client);
    if (!isBy(client, signature, permitMessage(job, nonce, deadline))) return;
    this.store.add(1n, "nonce", token, client);
    this.store.set(amount, "allowance", token, client);
  }

  /** ECDSA of an account without code, ERC-1271 of a puppet, whose signatures are its owner's. */
  isSigned(account: string, signature: Signature | undefined, message: Message): boolean {
    return isBy(this.world.puppets.has(account) ? this.world.owner : account, signature, message);
  }
}

function isBy(signer: string, signature: Signature | undefined, message: Message): boolean {
  return (
    signature !== undefined &&
    signature.length === 65 &&
    signature.signer === signer &&
    textOf(signature.message) === textOf(message)
  );
}
