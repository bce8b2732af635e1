import type { Explanation } from "../errors/networkErrors.js";

/** A kind of failure: how it is known, and what is said of it. */
interface Failure {
  /** ethers' codes, and those of EIP-1193. */
  readonly codes?: readonly (string | number)[];
  /** Words of nodes that ethers does not know. They come before codes, which are the same for many failures. */
  readonly words?: RegExp;
  /** @param words the node's own, printable and short */
  readonly explanation: (words: string) => Explanation;
}

/** What a node, a wallet or ethers fails at, without a reason by a contract. */
export const FAILURES: readonly Failure[] = [
  {
    codes: ["INSUFFICIENT_FUNDS"],
    words: /insufficient funds|doesn't have enough funds|insufficient balance for transfer/i,
    explanation: () => [
      "INSUFFICIENT_FUNDS",
      "The account cannot pay for this transaction",
      "Send it native tokens for the amount and for gas, or choose another account (--account).",
    ],
  },
  {
    codes: ["ACTION_REJECTED", 4001],
    words: /user (denied|rejected)|rejected by (the )?user/i,
    explanation: () => [
      "ACTION_DENIED",
      "The wallet did not sign: its owner denied it",
      "Nothing was sent. Confirm it in the wallet, or check there what it asks for.",
    ],
  },
  {
    codes: ["NONCE_EXPIRED"],
    words: /nonce (is )?too low|nonce has already been used|invalid nonce/i,
    explanation: () => [
      "TRANSACTION_REFUSED",
      "Another transaction of this account was mined with the same nonce",
      "Look whether that was this one (torch2circom:status). If not, run it again, and use the account in one place at a time.",
    ],
  },
  {
    words: /nonce (is )?too high/i,
    explanation: () => [
      "TRANSACTION_REFUSED",
      "Transactions of this account before this one are missing at the node",
      "Wait until they are mined, or reset the account's nonce in the wallet.",
    ],
  },
  {
    codes: ["REPLACEMENT_UNDERPRICED"],
    words: /replacement (transaction|fee)/i,
    explanation: () => [
      "TRANSACTION_REFUSED",
      "Another transaction of this account waits with the same nonce, and this one does not pay enough to replace it",
      "Wait until the other one is mined, or send this one with a higher fee.",
    ],
  },
  {
    words: /already known|known transaction/i,
    explanation: () => [
      "TRANSACTION_REFUSED",
      "The node has this transaction already",
      "Wait until it is mined: see torch2circom:status.",
    ],
  },
  {
    words:
      /underpriced|max fee per gas less than|fee cap less than|is too low for the next block|gas price (too|below)/i,
    explanation: () => [
      "TRANSACTION_REFUSED",
      "The transaction offers too little for its gas",
      "Offer more (gasPrice in the network's configuration), or wait until blocks are cheaper.",
    ],
  },
  {
    words: /intrinsic gas|exceeds block gas limit|exceeds transaction gas cap|gas limit is|out of gas/i,
    explanation: (words) => [
      "TRANSACTION_REFUSED",
      `The node does not take the transaction's gas limit: ${words}`,
      "Leave the limit to the estimate (gas: auto in the network's configuration), or choose a model with fewer outputs.",
    ],
  },
  {
    codes: ["CALL_EXCEPTION"],
    words: /execution reverted|transaction reverted|reverted without a reason/i,
    explanation: () => [
      "CONTRACT_REFUSED",
      "A contract reverted without a reason",
      "Look whether the addresses are contracts of this chain, and whether the token is an ERC-20 token; then send more gas.",
    ],
  },
  {
    codes: ["TRANSACTION_REPLACED"],
    explanation: () => [
      "TRANSACTION_REFUSED",
      "Another transaction of this account was mined instead of this one",
      "Look whether it did the same (torch2circom:status), and run it again if not.",
    ],
  },
  {
    codes: ["BAD_DATA"],
    explanation: () => [
      "CONTRACT_FOREIGN",
      "A contract answers with something else than its interface says",
      "Check the addresses, and that they are of this chain.",
    ],
  },
  {
    codes: ["INVALID_ARGUMENT", "MISSING_ARGUMENT", "UNEXPECTED_ARGUMENT", "NUMERIC_FAULT", "VALUE_MISMATCH"],
    explanation: (words) => ["INVALID_ARGUMENT", `A value cannot be used: ${words}`, "Correct the value."],
  },
  {
    codes: ["NETWORK_ERROR", "SERVER_ERROR", "TIMEOUT", "CANCELLED"],
    words: /^fetch failed|failed to fetch|could not detect network|request timeout/i,
    explanation: (words) => [
      "NETWORK_UNREACHABLE",
      `The node does not answer: ${words}`,
      "Check its url and your connection. A transaction that was sent may still be mined: see torch2circom:status.",
    ],
  },
  {
    codes: [
      "UNKNOWN_ERROR",
      "UNSUPPORTED_OPERATION",
      "UNCONFIGURED_NAME",
      "OFFCHAIN_FAULT",
      "NOT_IMPLEMENTED",
    ],
    explanation: (words) => [
      "NODE_REFUSED",
      `The node or the wallet cannot do this: ${words}`,
      "Try again, or use another node or account.",
    ],
  },
];
