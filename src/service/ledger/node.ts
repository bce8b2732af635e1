import type { Provider, TransactionReceipt, TransactionRequest } from "ethers";
import { explain } from "../../client/errors.js";
import { reasonOf } from "../../client/waiting.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { TooLate, within } from "../nodes/within.js";
import type { Market } from "./fees.js";

/** How nodes say that a second sending changes nothing: they have the transaction, or one of its nonce. */
const HARMLESS =
  /already known|already imported|known transaction|nonce (is )?too low|nonce has already been used|replacement.*underpriced/i;

/** How nodes say that a contract reverts. Only then: ethers gives every refusal of an estimate the code of a revert. */
const REVERTED = /reverted|invalid opcode|bad jump destination|stack (under|over)flow/i;

/** What a tick begins with. */
export interface Look extends Market {
  /** Number of the latest block. */
  readonly head: number;
  /** Nonce of the account's next transaction, as the latest block has it. */
  readonly nonce: number;
  /** The same, as the latest final block has it. */
  readonly finalNonce: number;
}

/** A call that a node refused, or did not answer in time. It has no text of the node's, which may hold the node's address. */
export class NodeError extends Error {
  override readonly name = "NodeError";

  /**
   * @param call what was asked for
   * @param code of the error, for logs
   * @param cause what the provider threw
   */
  constructor(
    readonly call: string,
    readonly code: string,
    cause?: unknown,
  ) {
    super(`The node does not do this: ${call} (${code})`, { cause });
  }
}

/** A chain's node, asked for an account. Every answer is waited for in a bounded time. */
export class Node {
  private deadline = Infinity;

  /**
   * @param provider of the node
   * @param callTime milliseconds for one call, at most
   */
  constructor(
    private readonly provider: Provider,
    private readonly callTime: number,
  ) {}

  /** @param time milliseconds for all calls from now on: those that are made later fail at once */
  begin(time: number): void {
    this.deadline = performance.now() + time;
  }

  /**
   * Reads what a tick begins with.
   *
   * @param address of the account
   * @param confirmations blocks on top of a block that is final
   * @throws Torch2CircomError if the chain has no base fee
   */
  async look(address: string, confirmations: number): Promise<Look> {
    const block = await this.ask("block", () => this.provider.getBlock("latest"));
    if (block === null) throw new NodeError("block", "NO_BLOCK");
    const { number: head, baseFeePerGas: baseFee } = block;
    if (baseFee === null) throw withoutBaseFee();
    const count = (tag: number | "latest") =>
      this.ask("nonce", () => this.provider.getTransactionCount(address, tag));
    const [nonce, finalNonce, fees] = await Promise.all([
      count("latest"),
      count(Math.max(0, head - confirmations)),
      this.ask("fees", () => this.provider.getFeeData()),
    ]);
    return { head, baseFee, tip: fees.maxPriorityFeePerGas ?? 0n, nonce, finalNonce };
  }

  async chain(): Promise<bigint> {
    return this.ask("chain", async () => (await this.provider.getNetwork()).chainId);
  }

  /** Nonce of the account's next transaction, those that wait included. */
  async pendingNonce(address: string): Promise<number> {
    return this.ask("nonce", () => this.provider.getTransactionCount(address, "pending"));
  }

  /** The receipt of the first of these transactions that has one; null if none is mined. */
  async receipt(hashes: readonly string[]): Promise<TransactionReceipt | null> {
    const all = await Promise.all(
      hashes.map((hash) => this.ask("receipt", () => this.provider.getTransactionReceipt(hash))),
    );
    return all.find((receipt) => receipt !== null) ?? null;
  }

  /** Whether the chain has this block. */
  async hasBlock(number: number, hash: string): Promise<boolean> {
    return (await this.ask("block", () => this.provider.getBlock(number)))?.hash === hash;
  }

  /** @returns the gas that a transaction needs, or why it would revert */
  async estimate(request: TransactionRequest): Promise<bigint | string> {
    try {
      return await this.ask("estimate", () => this.provider.estimateGas(request));
    } catch (error) {
      const { cause } = error as NodeError;
      if (!(cause instanceof Error) || !REVERTED.test(cause.message)) throw error;
      return problemOf(explain(cause));
    }
  }

  /** Why a transaction reverted that is mined. */
  async reason(receipt: TransactionReceipt): Promise<string> {
    return problemOf(await this.ask("reason", () => reasonOf(this.provider, receipt)));
  }

  /** Sends a transaction, which the node may have already. */
  async broadcast(raw: string): Promise<void> {
    try {
      await this.ask("broadcast", () => this.provider.broadcastTransaction(raw));
    } catch (error) {
      const { cause } = error as NodeError;
      if (!(cause instanceof Error) || !HARMLESS.test(cause.message)) throw error;
    }
  }

  private async ask<Answer>(call: string, make: () => Promise<Answer>): Promise<Answer> {
    const time = Math.min(this.callTime, this.deadline - performance.now());
    if (time <= 0) throw new NodeError(call, "TICK_OVER");
    try {
      return await within(time, make);
    } catch (error) {
      if (error instanceof TooLate) throw new NodeError(call, "TIMEOUT");
      const explained = explain(error);
      throw new NodeError(
        call,
        explained instanceof Torch2CircomError ? explained.code : "UNEXPECTED",
        error,
      );
    }
  }
}

/** What a contract reverted with; other errors say nothing of it. */
function problemOf(error: unknown): string {
  return error instanceof Torch2CircomError && error.code === "CONTRACT_REFUSED"
    ? error.problem
    : "It reverted, without a reason that the node can repeat";
}

function withoutBaseFee(): Torch2CircomError {
  return new Torch2CircomError(
    "CHAIN_UNSUPPORTED",
    "The chain's blocks have no base fee (EIP-1559), by which the service prices its transactions",
    "Serve on another chain.",
  );
}
