import { Interface, isHexString, type ErrorDescription } from "ethers";
import { explainNetwork, type Explanation } from "../errors/networkErrors.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { FAILURES } from "./failures.js";
import { REFUSALS } from "./refusals.js";

/** Characters of a stranger's text (a node's, a token's) that are shown at most. */
const MOST_SHOWN = 200;

/** Runs what asks a node or sends a transaction, and explains what it fails at. */
export async function explainRefusal<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw explain(error);
  }
}

/**
 * An error of a contract, a node, a wallet or ethers as one that says what to do.
 *
 * @returns any other error as it is
 */
export function explain(error: unknown): unknown {
  if (error instanceof Torch2CircomError || !(error instanceof Error)) return error;
  const [code, problem, remedy] = refusalIn(error) ?? failureIn(error) ?? [];
  return code === undefined ? explainNetwork(error) : new Torch2CircomError(code, problem!, remedy!, error);
}

/** Whether a node refuses a transaction because its account has too little. */
export function isOutOfFunds(error: unknown): boolean {
  const cause = error instanceof Torch2CircomError ? error.cause : error;
  return cause instanceof Error && failureIn(cause)?.[0] === "INSUFFICIENT_FUNDS";
}

/** What a contract reverted with. */
function refusalIn(error: Error): Explanation | undefined {
  const data = revertData(error);
  if (data === undefined) return undefined;
  const parsed = parse(data);
  if (parsed === undefined)
    return [
      "CONTRACT_REFUSED",
      `A contract refused with an error that is not known here: ${data.slice(0, 10)}`,
      "It may come from the token, or from another contract that was called: look there for this selector.",
    ];
  const signature = `${parsed.name}(${shown(parsed.args.join(", "))})`;
  if (parsed.name === "Error" || parsed.name === "Panic")
    return [
      "CONTRACT_REFUSED",
      `The contract refused: ${signature}`,
      "A token gives such reasons: check the balance, the allowance and the account in it.",
    ];
  const declaration = parsed.fragment.format("full").replace(/^error /, "");
  const [meaning, remedy] = REFUSALS[declaration];
  return ["CONTRACT_REFUSED", `The contract refused: ${signature}: ${meaning}`, remedy];
}

/** Undefined for an error that is not known, or data that is damaged. */
function parse(data: string): ErrorDescription | undefined {
  const known = new Interface(Object.keys(REFUSALS).map((declaration) => `error ${declaration}`));
  try {
    return known.parseError(data) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Revert data lies at different depths, by node and by provider. */
function revertData(error: unknown): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 6 && typeof current === "object" && current !== null; depth++) {
    const { data, error: inner, info, cause } = current as Record<string, unknown>;
    if (isRevert(data)) return data;
    if (typeof data === "object" && data !== null) {
      const { data: nested } = data as Record<string, unknown>;
      if (isRevert(nested)) return nested;
    }
    current = inner ?? info ?? cause;
  }
  return undefined;
}

function isRevert(data: unknown): data is string {
  return isHexString(data) && data.length >= 10;
}

function failureIn(error: Error): Explanation | undefined {
  const { code, shortMessage } = error as Error & { code?: string | number; shortMessage?: string };
  const words = nodeWords(error);
  const failure =
    FAILURES.find((one) => one.words?.test(words)) ??
    (code === undefined ? undefined : FAILURES.find((one) => one.codes?.includes(code)));
  if (failure !== undefined)
    return failure.explanation(shown(nodesOwn(error) ?? shortMessage ?? error.message));
  // JSON-RPC's own codes, of a provider that passes them on.
  if (typeof code !== "number") return undefined;
  return ["NODE_REFUSED", `The node answers: ${shown(error.message)}`, "Try again, or use another node."];
}

/** All that is said of an error, for the words of nodes are at different depths. */
function nodeWords(error: Error): string {
  return `${error.message}\n${nodesOwn(error) ?? ""}`;
}

/** The JSON-RPC message that ethers has wrapped. */
function nodesOwn(error: Error): string | undefined {
  const { error: inner, info } = error as { error?: unknown; info?: { error?: unknown } };
  const { message } = (inner ?? info?.error ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : undefined;
}

/** Printable and short: the text may be a stranger's. */
function shown(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]+/g, " ");
  return printable.length > MOST_SHOWN ? `${printable.slice(0, MOST_SHOWN)}…` : printable;
}
