import type { TransactionOptions } from "../src/runtime/types.js";
import { createProgress } from "../src/progress/progress.js";

/** The arguments of every task that sends a transaction. */
export interface SendingArguments extends WaitingArguments {
  account: number;
}

/** The arguments of a task that knows the account by itself. */
export interface WaitingArguments {
  confirmations: number;
  timeout: number;
  json: boolean;
}

/** Progress goes to stderr, with the hash of each transaction as soon as it is sent. */
export function sendingOptions({
  account,
  confirmations,
  timeout,
  json,
}: WaitingArguments & { readonly account?: number }): TransactionOptions {
  return { account, confirmations, timeout, progress: createProgress({ silent: json }) };
}
