/** ethers' codes of what a node or a wallet has refused. */
const REFUSALS = new Set([
  "ACTION_REJECTED",
  "CALL_EXCEPTION",
  "INSUFFICIENT_FUNDS",
  "INVALID_ARGUMENT",
  "NONCE_EXPIRED",
  "REPLACEMENT_UNDERPRICED",
  "UNSUPPORTED_OPERATION",
]);

/** What Hardhat gives an error of the connection. */
const NO_CODE = -1;

/** Whether a node has answered with an error, as opposed to a request or an answer that got lost on its way. */
export function isAnswerOfNode(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < 6 && typeof current === "object" && current !== null; depth++) {
    const { code, error: inner, info, cause } = current as Record<string, unknown>;
    if (typeof code === "number" && code !== NO_CODE) return true;
    if (typeof code === "string" && REFUSALS.has(code)) return true;
    current = inner ?? info ?? cause;
  }
  return false;
}
